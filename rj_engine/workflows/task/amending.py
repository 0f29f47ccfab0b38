"""Changes to the record of a finished task: why, by whom, old and new kept; the case does not move.

An answer that decided a way, or from which a record was made, is never changed here: whatever was done on it would be
left standing on words that nobody gave. Something may always be written beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from marshmallow import ValidationError
from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine.cases.case import NotFound
from rj_engine.commands import Outcome, handles
from rj_engine.database import Opened, Row, Sealed
from rj_engine.errors import Refused
from rj_engine.forms import Field, Form, InvalidAnswers
from rj_engine.forms.schema import schema_for
from rj_engine.ledger import Entry
from rj_engine.workflows.engine.definition import Element
from rj_engine.workflows.keepers import GATE_READS
from rj_engine.workflows.published.finished_in import version_of
from rj_engine.workflows.published.versions import Published
from rj_engine.workflows.rows import Answers, Draft, Task
from rj_engine.workflows.task.tasks import Locked, TaskCommand, lock, require_lane

LONGEST_REASON: Final = 2000
LONGEST_BESIDE: Final = 60000
REASON, BESIDE = "amend_reason", "amend_beside"
"""Names of the two questions that every change asks."""
DECIDED: Final = "It decided which way the case went. Say on the case page what has happened, and the case follows."
GATE: Final = "The gate that lets contact go ahead reads it. Ask and assess again instead."
RECORD: Final = "A record was made from it. Take the step again, or write beside it what is right."
RELEASED: Final = "These words may have been passed on. Take them down anew, or write beside them what is right."


class NotFinished(Refused):
    """This task is not finished. Change the answers in its form."""

    code = "not_finished"


class NothingChanged(Refused):
    """Nothing was changed, and nothing written beside the answers."""

    code = "nothing_changed"


class AmendedMeanwhile(Refused):
    """A colleague changed these answers while this page was open. Look at theirs, then change again."""

    code = "amended_meanwhile"


class Amendment(Row):
    """One change to the answers of a finished task; the answers themselves are never rewritten."""

    __tablename__ = "amendment"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"), index=True)
    at: Mapped[datetime]
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    staff_name: Mapped[str] = mapped_column(String(200))
    told_sealed: Mapped[bytes] = mapped_column(Sealed)

    told = Opened[dict[str, Any]]("told_sealed")
    """`reason`, what stands `beside`, and `changes`: question to old and new."""


@dataclass(frozen=True, kw_only=True)
class AmendAnswers(TaskCommand):
    """Change answers of a finished task, or write something beside them."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    """Raw answers to the questions that may be changed; the others are left as they stand."""
    reason: str
    beside: str = ""
    after: int | None = None
    """How many changes there were when the page was made; none where that does not matter."""


def fixed(published: Published, task: Task) -> dict[str, str]:
    """The questions of a task whose answers stand, each with why, and what to do instead."""
    form, element = published.forms[task.form], published.definition.elements[task.element]
    reads = published.definition.reads
    found = {key: _why(each, element, decided=key in reads) for key, each in form.fields.items()}
    return {key: why for key, why in found.items() if why}


def _why(question: Field, element: Element, *, decided: bool) -> str:
    if decided:
        return DECIDED
    record = element.properties.get("record")
    if record and question.properties.get("record_only") != "true":
        return GATE if record in GATE_READS else RECORD
    return RELEASED if question.kind == "release" else ""


def history(session: Session, tasks: Iterable[UUID]) -> Mapping[UUID, Sequence[Amendment]]:
    """Every change to the answers of these tasks, the oldest first."""
    found: dict[UUID, list[Amendment]] = defaultdict(list)
    wanted = select(Amendment).where(Amendment.task_id.in_(list(tasks))).order_by(Amendment.at, Amendment.id)
    for row in session.scalars(wanted):
        found[row.task_id].append(row)
    return found


def amended(values: Mapping[str, Any], changes: Sequence[Amendment]) -> dict[str, Any]:
    """Answers as they stand after these changes."""
    now = dict(values)
    for change in changes:
        now |= {key: new for key, (_, new) in change.told["changes"].items()}
    return {key: value for key, value in now.items() if value is not None}


@handles(AmendAnswers, verb="complete_task")
def amend(command: AmendAnswers, session: Session, now: datetime) -> Outcome:
    """Keep the change beside the answers; their own draft of the task has then served.

    Refuses with `InvalidAnswers` where a reason is missing, an answer stands, or does not fit its question.
    """
    locked = lock(session, command.by, command.task_id)
    task = locked.task
    if task.how_closed != "done":
        raise NotFinished if task.closed_at is None else NotFound
    require_lane(command.by, task)
    so_far = history(session, [task.id])[task.id]
    if command.after not in {None, len(so_far)}:
        raise AmendedMeanwhile
    changes = _changes(session, command, locked, so_far)
    reason, beside = _words(command)
    if not changes and not beside:
        raise NothingChanged
    told = {"reason": reason, "beside": beside, "changes": changes}
    by = command.by
    row = Amendment(case_id=locked.case.id, task_id=task.id, at=now, staff_id=by.id, staff_name=by.name, told=told)
    session.add(row)
    session.execute(delete(Draft).where(Draft.task_id == task.id, Draft.staff_id == by.id))
    entry = Entry("case:answers:amended", {"task": task.name, "amendment_id": str(row.id), **told})
    return Outcome({"amendment": str(row.id)}, locked.case.id, [entry])


def _words(command: AmendAnswers) -> tuple[str, str]:
    reason, beside = command.reason.strip(), command.beside.strip()
    wrong = {}
    if not reason:
        wrong[REASON] = ["Say why you change it"]
    if len(reason) > LONGEST_REASON:
        wrong[REASON] = [f"Why you change it must be {LONGEST_REASON:,} characters or fewer"]
    if len(beside) > LONGEST_BESIDE:
        wrong[BESIDE] = [f"What you write beside the answers must be {LONGEST_BESIDE:,} characters or fewer"]
    if wrong:
        raise InvalidAnswers(wrong, command.answers)
    return reason, beside


def _changes(
    session: Session, command: AmendAnswers, locked: Locked, so_far: Sequence[Amendment]
) -> dict[str, list[Any]]:
    """What these answers change: question to old and new; None where there was, or is, no answer."""
    published = version_of(session, locked.run, locked.task)
    form, standing = published.forms[locked.task.form], fixed(published, locked.task)
    kept = session.scalars(select(Answers).where(Answers.task_id == locked.task.id)).one()
    old = amended(kept.values, so_far)
    given = {key: value for key, value in command.answers.items() if key in form.fields}
    new = _checked(form, {key: value for key, value in given.items() if key not in standing}, command)
    refused = {key: [why] for key, why in standing.items() if key in given and given[key] != old.get(key)}
    if refused:
        raise InvalidAnswers(refused, command.answers)
    return {key: [old.get(key), value] for key, value in new.items() if not _same(old.get(key), value)}


def _same(old: object, new: object) -> bool:
    """Whether nothing was changed: a box never shown and one left empty are the same."""
    return old == new or not (old or new)


def _checked(form: Form, given: Mapping[str, Any], command: AmendAnswers) -> dict[str, Any]:
    """The answers as typed values, blank ones None."""
    said = {key: value for key, value in given.items() if value not in ("", None, [])}
    required = {key for key in given if form.fields[key].required}
    try:
        checked = schema_for(form)(only=sorted(said.keys() | required)).load(said)
    except ValidationError as error:
        found = error.messages_dict
        messages = {key: [str(each) for each in found[key]] for key in form.fields if key in found}
        raise InvalidAnswers(messages, command.answers) from None
    return {key: checked.get(key) for key in given}
