"""Every row of the reference is carried by something: `docs/coverage.md` says by what, and this holds it to that."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "coverage.md"
DATA: Final = ROOT / "rj_engine" / "bpmn"
RJ_STEPS: Final = (
    "1.1 1.2 1.3 1.4 1.5 1.6 1.7 1.8 1.8p 2.1 2.2 2.3 3.1 3.2 3.3 3.4 3.5 3.6 4.1 4.2 4.3 4.4 4.5 4.6 4.7 4.8 "
    "5.1a 5.1b 5.1c 5.1d 5.1e 5.1f 5.2 5.3 6.1 6.2 7.1 7.2 7.3 7.4"
)
REASONS: Final = (
    "no_reply wrong_contact pom_changed pom_caseload rehub_queue rehub_refused_risk rehub_refused_process "
    "security_refused public_protection_restriction court_order mappa_not_agreed prisoner_unwell_or_acct "
    "prisoner_refused prisoner_transferred release_imminent remand_or_appeal no_room_or_staff no_video_slot "
    "regime_lockdown vetting_delay insufficient_information no_isa policy_offence_exclusion parole_timing "
    "vlo_objection other"
)
RISK_ROWS: Final = "01-08 10-33 40-44 50-53 60-62 70-79 99"
"""The rows of the main risk gate, as they are numbered."""


def _numbers(letter: str, first: int, last: int, width: int = 1) -> list[str]:
    return [f"{letter}{number:0{width}}" for number in range(first, last + 1)]


def _gate() -> list[str]:
    spans = [span.partition("-") for span in RISK_ROWS.split()]
    return [row for first, _, last in spans for row in _numbers("G", int(first), int(last or first), 2)]


WANTED: Final = {
    "B.2 The front door": [f"0.{number}" for number in range(1, 7)],
    "B.2 Routes": _numbers("RT", 1, 10),
    "B.3 Victim-initiated RJ": RJ_STEPS.split(),
    "B.3 Informal RJ": _numbers("I", 1, 7),
    "B.5 APVC": _numbers("A", 1, 15),
    "B.6 Mediation": [*_numbers("M", 1, 7), "M8a", "M8b", *_numbers("M", 9, 12)],
    "C.2 The main gate": _gate(),
    "C.3 Companions": [
        *("mode 0", "mode 1", "mode 2", "mode 3", "mode 4 to 6", "one party only"),
        *_numbers("SG", 1, 14),
        *(
            f"competence {of}"
            for of in (
                "default",
                "child",
                "hate or serious violence",
                "DA",
                "SA",
                "stalking",
                "HBA",
                "exploitation",
                "death",
                "APVC",
                "mediation",
                "supervision overdue",
            )
        ),
        *(f"sign-off {of}" for of in ("0 to 1", "2 to 3", "sensitive", "level 5", "level 6", "any referral out")),
        *(f"validity {number}" for number in range(1, 11)),
    ],
    "C.4 APVC gate": _numbers("A", 1, 24, 2),
    "C.4 Mediation gate": _numbers("M", 1, 20, 2),
    "C.4 Informal gate": _numbers("I", 1, 12, 2),
    "D.2 Prison permission": _numbers("D", 1, 14),
    "D.3 Chase ladder": [f"day {day}" for day in (0, 2, 5, 10, 15, 20, 30, 40, 60)],
    "D.4 Reason codes": REASONS.split(),
}
"""Section of the reference to its rows."""


def _told() -> dict[str, dict[str, list[str]]]:
    """Section to row to what carries it."""
    found: dict[str, dict[str, list[str]]] = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            section = found.setdefault(line.removeprefix("## "), {})
        elif line.startswith("| ") and not line.startswith("| row "):
            row, _, where = (cell.strip() for cell in line.strip("|").split("|"))
            section[row] = re.findall(r"`([^`]+)`", where)
    return found


TOLD: Final = _told()


@pytest.mark.parametrize("section", WANTED)
def test_every_row_of_the_reference_is_carried_by_something(section: str) -> None:
    told = TOLD.get(section, {})

    assert [row for row in WANTED[section] if not told.get(row)] == []
    assert sorted(told) == sorted(WANTED[section])


@pytest.mark.parametrize("section", WANTED)
def test_what_carries_a_row_is_there(section: str) -> None:
    absent = [where for carried in TOLD.get(section, {}).values() for where in carried if not _is_there(where)]

    assert absent == []


def _is_there(where: str) -> bool:
    file, _, wanted = where.partition("#")
    path = next((path for path in (DATA / file, ROOT / file) if path.is_file()), None)
    return path is not None and (not wanted or f'"{wanted}"' in path.read_text(encoding="utf-8"))
