"""What the check finds, put together for a page: file by file, and what is of one kind under one sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from rj_engine.workflows.studio.checks import Noted

FEW: Final = 3
"""Different sentences of one kind that are still shown one by one."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Findings of one kind in one file."""

    words: str
    refuses: bool
    places: tuple[str, ...]
    """The elements concerned, each once."""
    lines: tuple[int, ...]
    """Where no element can be named: lines of the file."""
    more: tuple[Alike, ...] = ()
    """The others of the kind, where there are many and their sentences differ."""


@dataclass(frozen=True, slots=True)
class OfFile:
    """Everything found in one file; no name where it is about the whole."""

    file: str
    kinds: tuple[Alike, ...]
    has_odd_ids: bool
    """Whether its ids could be made readable."""


def by_file(noted: Iterable[Noted]) -> list[OfFile]:
    """The files in the order in which the check comes by them."""
    files: dict[str, list[Noted]] = {}
    for one in noted:
        files.setdefault(one.file, []).append(one)
    return [
        OfFile(file, tuple(alike(found)), any(one.finding.code == "id_not_snake_case" for one in found))
        for file, found in files.items()
    ]


def alike(noted: Iterable[Noted]) -> list[Alike]:
    """What has the same sentence stands once; many of one kind stand behind the first. What refuses comes first."""
    kinds: dict[tuple[bool, str], dict[str, list[Noted]]] = {}
    for one in noted:
        kinds.setdefault((not one.refuses, one.finding.code), {}).setdefault(one.finding.message, []).append(one)
    shown: list[Alike] = []
    for _, sentences in sorted(kinds.items(), key=lambda kind: kind[0][0]):
        several = [_alike(found) for found in sentences.values()]
        shown += several if len(several) <= FEW else [replace(several[0], more=tuple(several[1:]))]
    return shown


def _alike(found: list[Noted]) -> Alike:
    elements = [(one.finding.element or "").rpartition("/")[2] for one in found]
    return Alike(
        words=found[0].finding.message,
        refuses=found[0].refuses,
        places=tuple(dict.fromkeys(one for one in elements if one)),
        lines=tuple(dict.fromkeys(one.finding.line for one in found if one.finding.line and not one.finding.element)),
    )
