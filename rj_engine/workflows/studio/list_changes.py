"""What a draft of a list changes, in words, and what of today's open cases it touches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rj_engine import bpmn
from rj_engine.cases import lists
from rj_engine.cases.case import Case
from rj_engine.forms import Form
from rj_engine.workflows.published import versions
from rj_engine.workflows.rows import Draft, Run, Task
from rj_engine.workflows.studio.changes import Change
from rj_engine.workflows.studio.reason_checks import ASKED_FOR
from rj_engine.workflows.studio.typed_rows import TICK

CALLED: Final[Mapping[str, str]] = {lists.REASONS: "label", lists.PARTNERS: "name"}
PARTNER: Final = "partner"
"""The kind of question that offers partners."""
SAID: Final[Mapping[str, str]] = {
    "label": "its words are",
    "counted_as": "what it counts as is",
    "decided_by": "the one who decides is",
    "pathways": "the pathways it is offered in are",
    "name": "its name is",
    "kind": "its kind is",
    "takes": "what it takes is",
    "area": "its area is",
    "uses": "what you have to do with it is",
    "contact_name": "its contact is",
    "email": "its email address is",
    "telephone": "its telephone number is",
    "agreed_on": "the day of the agreement is",
    "ends_on": "the end of the agreement is",
    "checked_on": "the day it was checked is",
}
PERSONAL: Final = frozenset({"contact_name", "email", "telephone", "takes"})
"""Told only as being different."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What a changed list does to the cases that run today."""

    asking: int
    """Open tasks whose form offers this list: they offer the new one from its first day."""
    typed: int
    """Of these, how many hold a draft with an answer that is offered no more."""
    closed: int
    """Closed cases whose reason is worded anew, or no longer offered: they keep their words."""


def changes(kind: str, before: lists.Rows, after: lists.Rows) -> list[Change]:
    """Everything that is different in `after`, row by row."""
    keys = [*before, *(key for key in after if key not in before)]
    return [one for key in keys for one in _row(kind, key, before.get(key), after.get(key))]


def _row(kind: str, key: str, was: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> Iterator[Change]:
    called = str((was or now or {}).get(CALLED[kind]) or key)
    if was is None or now is None:
        yield Change(kind, key, f"“{called}” is {'new' if was is None else 'gone'}.")
        return
    tick = TICK[kind]
    if was[tick] != now[tick]:
        yield Change(kind, key, f"“{called}” is {'offered again' if now[tick] else 'no longer offered'}.")
    for name, words in SAID.items():
        if name in was and was[name] != now[name]:
            told = "" if name in PERSONAL else f": {_told(name, was[name])} becomes {_told(name, now[name])}"
            yield Change(kind, key, f"“{called}”: {words} different{told}.")


def _told(name: str, value: object) -> str:
    known: Mapping[str, str] = {
        **(bpmn.partners()["kinds"] if name == "kind" else {}),
        **(bpmn.partners()["uses"] if name == "uses" else {}),
        **(bpmn.districts() if name == "area" else {}),
    }
    each = value if isinstance(value, list) else [value] if value else []
    return ", ".join(f"“{known.get(str(one), str(one))}”" for one in each) or "nothing"


def touched(session: Session, service_id: UUID, kind: str, before: lists.Rows, after: lists.Rows) -> Touched:
    """What changes for cases of the service, counted; no case is named."""
    tick = TICK[kind]
    said = "label" if kind == lists.REASONS else "name"
    gone = {key for key, row in before.items() if row[tick] and not after.get(key, {}).get(tick)}
    reworded = {key for key, row in before.items() if key in after and row[said] != after[key][said]}
    answers = gone if kind == lists.REASONS else {before[key]["name"] for key in gone}
    tasks = _asking(session, service_id, kind)
    typed = sum(
        any(values.get(name) in answers for name in tasks[task_id]) for task_id, values in _drafts(session, tasks)
    )
    return Touched(len(tasks), typed, _closed(session, service_id, gone | reworded) if kind == lists.REASONS else 0)


def _closed(session: Session, service_id: UUID, keys: set[str]) -> int:
    where = Case.service_id == service_id, Case.status == "closed", Case.closure_reason.in_(keys)
    return session.scalar(select(func.count()).select_from(Case).where(*where)) or 0


def _asking(session: Session, service_id: UUID, kind: str) -> dict[UUID, tuple[str, ...]]:
    """Open tasks of the service that offer this list, with the questions that do."""
    wanted = select(Task.id, Task.form, Run.version_id).join(Run, Run.id == Task.run_id)
    where = Task.service_id == service_id, Task.closed_at.is_(None)
    found = {}
    for task_id, form, version_id in session.execute(wanted.where(*where)):
        asked = versions.load(session, version_id).forms.get(form)
        if asked is not None and (names := questions(asked, kind)):
            found[task_id] = names
    return found


def questions(form: Form, kind: str) -> tuple[str, ...]:
    """The questions of a form that offer a list."""
    if kind == lists.REASONS:
        return tuple(key for key in form.fields if key == ASKED_FOR)
    return tuple(key for key, field in form.fields.items() if field.kind == PARTNER)


def _drafts(session: Session, tasks: Mapping[UUID, object]) -> Iterator[tuple[UUID, Mapping[str, Any]]]:
    ids = list(tasks)
    for place in range(0, len(ids), 500):
        for draft in session.scalars(select(Draft).where(Draft.task_id.in_(ids[place : place + 500]))):
            yield draft.task_id, draft.values
