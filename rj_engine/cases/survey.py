"""Surveys: issued, returned or declined; and the six outcomes, asked in the same words at the start and at the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine import clock
from rj_engine.cases import shapes
from rj_engine.cases.records import Finished, records
from rj_engine.cases.shapes import Shape
from rj_engine.database import Opened, Row, Sealed
from rj_engine.ledger import Entry

OUTCOMES: Final = ("cope", "cjs", "informed", "safety", "reintegration", "wellbeing")
"""Distance travelled (domain E.4), each from 0 to 10: the higher the better."""
SAFETY: Final = "safety"
ASKED: Final = ("satisfied", "recommend", "cope", "safer", "conflict", "listened")
"""Questions with a choice of answers, of which each survey asks some."""
START, MIDDLE, END = "start", "middle", "end"
RETURNED: Final = "returned"
NEVER_ISSUED: Final = frozenset({"not_offered", "not_safe"})
"""It was not given to them: no figure may count it as issued."""


class Survey(Row):
    """One survey of one person; what they left out is empty, and never read as an answer."""

    __tablename__ = "survey"
    __table_args__ = (Index("ix_survey_case", "case_id", "party", "kind"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    party: Mapped[str] = mapped_column(String(30))
    kind: Mapped[str] = mapped_column(String(20))
    """`start`, `middle` or `end`."""
    result: Mapped[str] = mapped_column(String(20))
    """`issued`, `returned` or `declined`."""
    channel: Mapped[str] = mapped_column(String(40), default="")
    issued_on: Mapped[date | None]
    """None where it was never given to them."""
    dt_cope: Mapped[int | None]
    dt_cjs: Mapped[int | None]
    dt_informed: Mapped[int | None]
    dt_safety: Mapped[int | None]
    dt_reintegration: Mapped[int | None]
    dt_wellbeing: Mapped[int | None]
    satisfied: Mapped[str] = mapped_column(String(20), default="")
    recommend: Mapped[str] = mapped_column(String(20), default="")
    cope: Mapped[str] = mapped_column(String(20), default="")
    safer: Mapped[str] = mapped_column(String(20), default="")
    conflict: Mapped[str] = mapped_column(String(20), default="")
    listened: Mapped[str] = mapped_column(String(20), default="")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    words_sealed: Mapped[bytes | None] = mapped_column(Sealed)

    words = Opened[str | None]("words_sealed")
    """Why there is none, where there is none."""

    def mark(self, outcome: str) -> int | None:
        """What they said of one outcome."""
        found: int | None = getattr(self, f"dt_{outcome}")
        return found


@dataclass(frozen=True, slots=True)
class Pair:
    """One person's first and last word on one outcome."""

    party: str
    about_id: UUID | None
    outcome: str
    start: int
    end: int

    @property
    def change(self) -> int:
        """How far they came; below zero is worse."""
        return self.end - self.start


_MARKS: Final = {f"dt_{outcome}": shapes.mark() for outcome in OUTCOMES}
_CHOICES: Final = {f"survey_{question}": shapes.word() for question in ASKED}


class _SurveyTold(Shape.from_dict({**_MARKS, **_CHOICES})):  # type: ignore[misc]  # marshmallow makes the base class
    """A survey as it came back, or that it did not."""

    survey_kind = shapes.word(START, MIDDLE, END)
    survey_party = shapes.word()
    survey_result = shapes.word("issued", RETURNED, "declined")
    survey_offered_by = shapes.word()
    survey_issued_on = shapes.day()
    survey_no_reason = shapes.words()


@records("survey")
def keep(finished: Finished) -> list[Entry]:
    """Keep a survey; the first marks, asked in a talk, are one that came back, and none where nothing was said.

    Somebody who feels less safe than at the start is named in the ledger: it is the evidence on never raising risk.
    """
    told = shapes.told(_SurveyTold, finished.answers)
    kind = told["survey_kind"] or finished.properties.get("survey_kind") or END
    marks = {f"dt_{outcome}": told[f"dt_{outcome}"] for outcome in OUTCOMES}
    if told["survey_result"] is None and all(mark is None for mark in marks.values()):
        return []
    row = _row(finished, told, kind, marks)
    finished.session.add(row)
    finished.session.flush()
    entry = Entry("case:survey:recorded", {"party": row.party, "kind": kind, "result": row.result})
    worse = kind == END and any(pair.party == row.party for pair in worse_on_safety(_same(finished)))
    return [entry, *([Entry("case:survey:worse_on_safety", {"party": row.party})] if worse else [])]


def _row(finished: Finished, told: Mapping[str, Any], kind: str, marks: Mapping[str, int | None]) -> Survey:
    result = told["survey_result"] or RETURNED
    if result != RETURNED and any(mark is not None for mark in marks.values()):
        raise shapes.refuse(finished.answers, survey_result="There are answers: say that the survey came back.")
    channel = told["survey_offered_by"] or ""
    issued_on = None if channel in NEVER_ISSUED else told["survey_issued_on"] or clock.today()
    party = told["survey_party"] or finished.properties.get("survey_party") or finished.properties.get("party")
    return Survey(
        case_id=finished.case.id,
        about_id=finished.strand.about_id,
        party=party or "victim",
        kind=kind,
        result=result,
        channel=channel,
        issued_on=issued_on,
        recorded_at=finished.now,
        recorded_by=finished.by.id,
        words=told["survey_no_reason"],
        **marks,
        **{question: told[f"survey_{question}"] or "" for question in ASKED},
    )


def _same(finished: Finished) -> list[Survey]:
    """The surveys of the same strand."""
    found = history(finished.session, finished.case.id)
    return [row for row in found if row.about_id == finished.strand.about_id]


def history(session: Session, case_id: UUID) -> list[Survey]:
    """Every survey of a case, newest first."""
    session.flush()
    found = select(Survey).where(Survey.case_id == case_id).order_by(Survey.recorded_at.desc())
    return list(session.scalars(found))


def pairs(surveys: Iterable[Survey]) -> list[Pair]:
    """Each person's first mark of the start beside their last of the end; nobody without both is counted.

    `surveys` come newest first, as `history` gives them.
    """
    first: dict[tuple[str, UUID | None, str], int] = {}
    last: dict[tuple[str, UUID | None, str], int] = {}
    for row in surveys:
        for outcome in OUTCOMES:
            mark, key = row.mark(outcome), (row.party, row.about_id, outcome)
            if mark is not None and row.kind == START:
                first[key] = mark
            elif mark is not None and row.kind == END:
                last.setdefault(key, mark)
    return [Pair(*key, start=first[key], end=last[key]) for key in first if key in last]


def worse_on_safety(surveys: Iterable[Survey]) -> list[Pair]:
    """Those who feel less safe at the end than at the start."""
    return [pair for pair in pairs(surveys) if pair.outcome == SAFETY and pair.change < 0]
