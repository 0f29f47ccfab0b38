"""What the service knows of prisons as data: establishments, the chase ladder, and why things take long."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from rj_engine import bpmn
from rj_engine.errors import Finding

FREE_TEXT: Final = "use a free-text name"
"""The status of a row that stands for a kind of place, not for one place."""
ROUTES: Final[Mapping[str, str]] = {
    "": "Route not known",
    "rehub_first": "Through the HMPPS re:hub",
    "direct_omu": "Straight to the offender management unit",
    "in_house_provider": "Through the service that works inside",
    "yjs_lead": "Through the youth justice lead",
    "clinician_lead": "Through the clinical lead",
}
"""What `prison_route` decides, in words."""
PLACE_UNKNOWN: Final = frozenset({"", "other", "not_known"})
"""Answers to “which place?” that name none of the list."""


@dataclass(frozen=True, slots=True)
class Establishment:
    """One prison, young offender institution or secure place; restricted, never for a victim's eyes by default."""

    code: str
    """The prison register's code, or the name in lower case where the register gives none."""
    name: str
    kind: str
    category: str
    region: str
    town: str
    operator: str
    status: str
    local: bool
    """In Kent and Medway."""
    confirmed: bool
    """False: somebody has to check the row against the live register before relying on it."""
    notes: str

    @property
    def takes_requests(self) -> bool:
        """Whether anybody is held there to be asked about."""
        return self.status.startswith("open")


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the chase ladder, `day` working days after a request arrived."""

    day: int
    label: str
    words: str
    to: tuple[str, ...]
    channel: str
    victim_update: bool
    choice: bool
    letter: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a permission is late or refused."""

    code: str
    label: str
    whose_delay: str
    what_helps: str


@cache
def establishments() -> Mapping[str, Establishment]:
    """Every place by its code; those that stand for a kind of place are left out."""
    rows = _rows()
    return {each.code: each for each in map(establishment_of, rows) if each.status != FREE_TEXT}


@cache
def ladder() -> tuple[Rung, ...]:
    """The rungs in the order of their days."""
    told = _checked("ladder")["rungs"]
    rungs = [Rung(**{**each, "to": tuple(each["to"])}) for each in told]
    return tuple(sorted(rungs, key=lambda rung: rung.day))


@cache
def after_last() -> int:
    """Working days between two chases once the last rung has been climbed."""
    return int(_checked("ladder")["after_last"]["every"])


@cache
def reasons() -> Mapping[str, Reason]:
    """Reason code to its words and whose delay it is."""
    told: Mapping[str, Mapping[str, str]] = _checked("prison_reasons")["reasons"]
    return {code: Reason(code, each["label"], each["whose_delay"], each["what_helps"]) for code, each in told.items()}


def whose_delay(code: str | None) -> str:
    """Who holds things up by this reason; `not_known` where nobody can say."""
    known = reasons().get(code or "")
    return known.whose_delay if known else "not_known"


def next_rung(day: int) -> Rung | None:
    """The first rung after working day `day`; None above the last."""
    return next((rung for rung in ladder() if rung.day > day), None)


def _rows() -> list[dict[str, str]]:
    text = (files(bpmn) / "establishments.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    _fit("establishments", rows)
    return rows


def establishment_of(row: Mapping[str, str]) -> Establishment:
    """One row of the register's file."""
    return Establishment(
        code=row["nomis_code"] or re.sub(r"[^a-z0-9]+", "_", row["name"].lower()).strip("_"),
        name=row["name"],
        kind=row["type"],
        category=row["category"],
        region=row["region"],
        town=row["town"],
        operator=row["operator"],
        status=row["status"],
        local=row["in_kent_and_medway"] == "yes",
        confirmed=row["confirmed"] == "yes",
        notes=row["notes"],
    )


@cache
def _checked(name: str) -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads((files(bpmn) / f"{name}.json").read_bytes())
    _fit(name, document)
    return document


def _fit(name: str, document: object) -> None:
    found: list[Finding] = bpmn.misfits(name, document)
    if found:
        raise bpmn.ShippedDataBroken(file=name, findings=[finding.as_json() for finding in found])
