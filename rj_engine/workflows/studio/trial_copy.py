"""A real case as a trial may use it: what was chosen stays; names, contacts, free words, places do not; days move.

Whatever is typed and not chosen from a list is replaced, whatever the question is called; only then is anything kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases import case as cases
from rj_engine.cases.case import Case, Referral
from rj_engine.commands import Actor
from rj_engine.errors import Finding
from rj_engine.forms import Field, Form
from rj_engine.workflows.beside import referrals
from rj_engine.workflows.published import versions
from rj_engine.workflows.rows import INNER, Answers, Run, Task

CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,59}\Z")
WORDS: Final = "Invented words, in the place of what was said."
CONTACTS: Final[Mapping[str, str]] = {
    "phone": "01632 960001",
    "phone_or_email": "someone@example.org",
    "email": "someone@example.org",
    "address": "1 Invented Street, Sampletown",
}
PERSONS: Final = frozenset({"person_name", "staff_name"})
PEOPLE_OF_THE_HOUSE: Final = frozenset({"staff", "facilitator"})
RESTRICTED: Final = "restricted"
"""What tells where somebody is held, though it is chosen from a list."""
AS_CHOSEN: Final = frozenset({"number", "checkbox", "time"})


NO_SUCH_CASE: Final = Finding("no_such_case", "There is no case of that reference that you may see. Nothing is copied.")


@dataclass(slots=True)
class Pseudonyms:
    """Who each person of a case is called in its copy, and by how many days everything moves."""

    days: int
    names: dict[str, str] = field(default_factory=dict)

    def answers(self, form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
        """One form's answers without anything that was typed."""
        found = {key: self._answer(form.fields[key], value) for key, value in values.items() if key in form.fields}
        return {key: value for key, value in found.items() if value not in (None, "")}

    def _answer(self, asked: Field, value: Any) -> Any:
        if value in (None, "") or asked.type in AS_CHOSEN:
            return value
        if is_left_out(asked):
            return None  # somebody of the trial, or an ordinary answer of that shape, stands in the form instead
        if asked.type == "date":
            return self.moved(str(value))
        if asked.options:
            return _chosen(asked, value)
        return self._typed(asked, str(value))

    def _typed(self, asked: Field, value: str) -> str:
        if asked.kind in PERSONS or asked.key.endswith("_name"):
            return self.names.setdefault(value.casefold().strip(), f"Person {len(self.names) + 1} Invented")
        words = CONTACTS.get(asked.kind, WORDS)
        return words[: asked.limits.max_length] if asked.limits.max_length else words

    def moved(self, iso: str) -> str | None:
        """A day as far from the trial's beginning as it was from the case's."""
        try:
            return (date.fromisoformat(iso[:10]) + timedelta(days=self.days)).isoformat()
        except (ValueError, OverflowError):
            return None

    def facts(self, variables: Mapping[str, Any], typed: frozenset[str]) -> dict[str, Any]:
        """A run's variables: numbers, yes and no, days, and words of our own; nothing that somebody typed."""
        kept = {name: self._fact(value) for name, value in variables.items() if name != INNER and name not in typed}
        return {name: value for name, value in kept.items() if value is not None}

    def _fact(self, value: Any) -> Any:
        if isinstance(value, bool | int | float):
            return value
        if isinstance(value, list):
            return [one for one in map(self._fact, value) if one is not None]
        if isinstance(value, str):
            return value if CODE.match(value) else self.moved(value)
        return None


def is_left_out(asked: Field) -> bool:
    """Whether nothing stands in for it: a colleague, something of a set shape, or a place chosen from a list."""
    return asked.kind in PEOPLE_OF_THE_HOUSE or bool(asked.limits.pattern) or _names_place(asked)


def _names_place(asked: Field) -> bool:
    return asked.kind == RESTRICTED and bool(asked.options)


def _chosen(asked: Field, value: Any) -> Any:
    known = {option.value for option in asked.options}
    if isinstance(value, list):
        return [one for one in value if one in known]
    return value if value in known else None


def copied(session: Session, by: Actor, reference: str, pathway: str) -> dict[str, Any]:
    """What a trial's forms hold where it copies a case; `NotFound` for a case that the actor may not see."""
    case = cases.find(session, by, reference)
    opened = case.opened_at.astimezone(clock.LONDON).date()
    names = Pseudonyms((clock.today() - opened).days)
    told = session.scalars(select(Referral).where(Referral.case_id == case.id)).first()
    referral = names.answers(referrals.form(), told.answers) if told else {}
    runs = list(session.scalars(select(Run).where(Run.case_id == case.id).order_by(Run.started_at)))
    tried = next((run for run in runs if run.pathway == pathway), None)
    answers, typed, before = _answered(session, case, names, tried)
    for run in runs:
        if tried is not None and run.ended_at is not None and run.ended_at <= tried.started_at:
            before = {**names.facts(run.variables, typed), **before}
    return {"copied": case.reference, "referral": referral, "answers": answers, "variables": before}


def _is_typed(asked: Field) -> bool:
    return _names_place(asked) or (not asked.options and asked.type not in AS_CHOSEN)


def _answered(
    session: Session, case: Case, names: Pseudonyms, tried: Run | None
) -> tuple[dict[str, list[dict[str, Any]]], frozenset[str], dict[str, Any]]:
    """The answers of every task, by element in their order; the questions that are typed; what was known before."""
    joined = select(Answers, Task, Run).join(Task, Task.id == Answers.task_id).join(Run, Run.id == Task.run_id)
    found: dict[str, list[dict[str, Any]]] = {}
    typed: set[str] = set()
    before: dict[str, Any] = {}
    for given, task, run in session.execute(joined.where(Answers.case_id == case.id).order_by(Answers.at)):
        form = versions.load(session, run.version_id).forms[task.form]
        typed |= {key for key, asked in form.fields.items() if _is_typed(asked)}
        values = names.answers(form, given.values)
        found.setdefault(task.element, []).append(values)
        if tried is not None and given.at <= tried.started_at:
            before |= values
    return found, frozenset(typed), before
