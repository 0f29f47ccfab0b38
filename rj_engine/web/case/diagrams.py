"""Where a case stands on its diagrams: the facts the viewer marks, and the same facts as a list."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from flask import url_for

from rj_engine.web.page.words import pathway
from rj_engine.workflows.task.desk import WhereItStands

CALLED: Final = re.compile(r'calledElement="([a-z0-9_]+)"')
MOST: Final = 3
"""Drawings on one page: the pathway itself, and the parts where something is open."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """One diagram with its marks."""

    id: str
    title: str
    facts: dict[str, Any]


def drawings(reference: str, standing: Sequence[WhereItStands], names: Mapping[UUID, str]) -> list[Drawing]:
    """Every run that still runs, the newest first, and those parts of it where steps are open; else the last run."""
    running = [number for number, run in enumerate(standing) if run.status == "running"]
    found: list[Drawing] = []
    for number in running or range(min(1, len(standing))):
        run = standing[number]
        open_in = list(dict.fromkeys(element.partition("/")[0] for element in run.open))
        wanted = [run.pathway, *(process for process in open_in if process != run.pathway)]
        known = [process for process in wanted if f"{process}.bpmn" in run.diagrams]
        about = names.get(run.about_id) if run.about_id else None
        found += [_drawing(reference, number, run, process, open_in, about) for process in known]
    return found[:MOST]


def _drawing(
    reference: str, number: int, run: WhereItStands, process: str, open_in: Sequence[str], about: str | None
) -> Drawing:
    facts = {
        "source": url_for("cases.diagram", reference=reference, run=number, name=f"{process}.bpmn"),
        "open": _within(process, run.open),
        "passed": sorted(set(_within(process, run.passed))),
        "inside": sorted(_leading(run.diagrams, set(open_in) - {process})),
    }
    title = f"{pathway(process)}: {about}" if about else pathway(process)
    return Drawing(f"diagram-{number}-{process}", title, facts)


def _leading(diagrams: Mapping[str, str], wanted: set[str]) -> set[str]:
    """The wanted processes and all that call them, directly or not."""
    calls = {file.removesuffix(".bpmn"): set(CALLED.findall(text)) for file, text in diagrams.items()}
    found = set(wanted)
    while more := {process for process, called in calls.items() if called & found} - found:
        found |= more
    return found


def _within(process: str, elements: Sequence[str]) -> list[str]:
    return [element.partition("/")[2] for element in elements if element.startswith(f"{process}/")]
