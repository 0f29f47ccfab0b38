"""Promises made in the contact log that nobody has kept yet, of the cases somebody works on; reading only.

A promise counts as kept once that side was in touch again: a later contact, or a later step that meets them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Index, Select, exists, func, literal, or_, select, union
from sqlalchemy.orm import Session, aliased

from rj_engine import sealing
from rj_engine.cases.case import Case, visible
from rj_engine.cases.contact import Contact
from rj_engine.commands import Actor
from rj_engine.workflows.rows import Run, Task

Index("ix_contact_promised", Contact.staff_id, Contact.promised_on)
PAGE: Final = 50
MEETS: Final = ("contact_", "disclose_to_")
"""What the effect of a step begins with in which one is in touch with a side, whose name follows."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised to whom, by when."""

    case: str
    title: str
    party: str
    words: str
    on: date


def overdue(session: Session, by: Actor, own: Sequence[UUID | None], today: date, limit: int = PAGE) -> list[Promise]:
    """Promises whose day has come or gone and that nobody has kept, the oldest first."""
    return first(session, by, own, today, limit)[0]


def first(
    session: Session, by: Actor, own: Sequence[UUID | None], today: date, limit: int = PAGE
) -> tuple[list[Promise], int]:
    """The oldest of them, and how many there are past their day, in one reading."""
    late = func.count().filter(Contact.promised_on < today).over().label("late")
    wanted = _standing(by, own, today).add_columns(late)
    rows = session.execute(wanted.order_by(Contact.promised_on, Contact.id).limit(limit)).all()
    return [_opened(row) for row in rows], rows[0].late if rows else 0


def count(session: Session, by: Actor, own: Sequence[UUID | None], today: date) -> int:
    """How many of them are past their day; one for today is not late yet."""
    past = _standing(by, own, today).where(Contact.promised_on < today)
    return session.scalar(select(func.count()).select_from(past.subquery())) or 0


def _opened(row: Any) -> Promise:
    title = str(sealing.unseal_json(row.title_sealed, "case", "title_sealed", row.case_id))
    return Promise(row.reference, title, row.party, _words(row), row.promised_on)


def _words(row: Any) -> str:
    if row.promise_sealed is None:
        return ""
    return str(sealing.unseal_json(row.promise_sealed, "contact", "promise_sealed", row.id) or "")


def _standing(by: Actor, own: Sequence[UUID | None], today: date) -> Select[Any]:
    """Whoever works the case answers for what was promised in it; before that, whoever promised it."""
    columns: tuple[Any, ...] = (
        Contact.id,
        Contact.case_id,
        Contact.party,
        Contact.promise_sealed,
        Contact.promised_on,
        Case.reference,
        Case.title_sealed,
    )
    # Two ways to the few that matter, each by an index of its own; in one condition, or with what they may see told
    # of them together, they would read every case.
    of_mine = select(Contact.id).join(Case, Case.id == Contact.case_id).where(Contact.promised_on <= today)
    led = of_mine.where(Case.facilitator_id.in_(own), visible(by), Case.status != "closed")
    mine = of_mine.where(Contact.staff_id.in_(own), Case.facilitator_id.is_(None), visible(by), Case.status != "closed")
    answers_for = Contact.id.in_(union(led, mine))
    joined = select(*columns).join(Case, Case.id == Contact.case_id)
    return joined.where(answers_for, ~_again_in_touch(), ~_met_since())


def _again_in_touch() -> ColumnElement[bool]:
    later = aliased(Contact)
    return exists().where(
        later.case_id == Contact.case_id,
        later.party == Contact.party,
        later.about_id.is_not_distinct_from(Contact.about_id),
        later.at > Contact.at,
    )


def _met_since() -> ColumnElement[bool]:
    """A step with that side was finished after the promise: of the same victim's strand, or of everybody's."""
    met = or_(*(Task.effect == literal(begins).concat(Contact.party) for begins in MEETS))
    ours = or_(Run.about_id.is_(None), Contact.about_id.is_(None), Run.about_id == Contact.about_id)
    of_case = Task.case_id == Contact.case_id, Run.id == Task.run_id
    return exists().where(*of_case, met, ours, Task.how_closed == "done", Task.closed_at > Contact.at)
