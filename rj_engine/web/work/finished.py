"""A task that is done: what was answered, what I had typed into it beside it, and changing the record afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.errors import Refused
from rj_engine.forms import Field, Form, InvalidAnswers, from_html
from rj_engine.web.page import said
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.fields import page_of
from rj_engine.web.page.languages import in_language
from rj_engine.web.page.posted import command_id
from rj_engine.web.page.statuses import status_of
from rj_engine.web.page.typed import asked
from rj_engine.workflows.published.finished_in import version_of
from rj_engine.workflows.rows import Run, Task
from rj_engine.workflows.task import amending
from rj_engine.workflows.task import desk as desks
from rj_engine.workflows.task.amending import BESIDE, REASON, AmendAnswers
from rj_engine.workflows.task.desk import Desk, Said
from rj_engine.workflows.task.tasks import require_open

screen = Blueprint("amendments", __name__, url_prefix="/tasks/<uuid:task_id>/changes")
TO_BE_MENDED: Final = 422


@dataclass(frozen=True, slots=True)
class Beside:
    """One question with a colleague's answer and mine."""

    question: str
    theirs: str
    mine: str

    @property
    def differ(self) -> bool:
        """Whether the two answers are not the same."""
        return bool(self.mine) and self.mine != self.theirs


def page(desk: Desk) -> str:
    """What was answered, with mine beside it where I had typed something else; refuses a task nobody answered."""
    if desk.task.how_closed != "done":
        require_open(desk.task)
    told = desks.said_at(db.session(), actor(), desk.task.id)
    rows = _side_by_side(desk, told) if desk.draft is not None else []
    shown = {"desk": desk, "one": told, "rows": rows, "mine": _kept(rows), "new_id": uuid4}
    return render_template("tasks/finished.html", **shown)


def _side_by_side(desk: Desk, told: Said) -> list[Beside]:
    theirs, mine = _by_key(told, told.values), _by_key(told, desk.draft or {})
    rows = [(each.label, theirs.get(key, ""), mine.get(key, "")) for key, each in desk.form.fields.items()]
    return [Beside(*row) for row in rows if {row[1], row[2]} - {"", "No"}]


def _by_key(told: Said, values: Mapping[str, Any]) -> dict[str, str]:
    return {key: words for key, _, words in said.lines(told.form, values, told.at)}


def _kept(rows: Sequence[Beside]) -> str:
    """My words where they are other than the colleague's, question by question, to be kept beside the record."""
    return "\n\n".join(f"{row.question}\n{row.mine}" for row in rows if row.differ)


@screen.get("")
@needs("complete_task")
def form(task_id: UUID) -> ResponseReturnValue:
    """The answers that may be changed, and why the others stand."""
    told = desks.said_at(db.session(), actor(), task_id)
    return _page(task_id, told, told.values)


@screen.post("")
@needs("complete_task")
def send(task_id: UUID) -> ResponseReturnValue:
    """Keep the change with its reason; what cannot be taken is shown again with every word."""
    told = desks.said_at(db.session(), actor(), task_id)
    open_form, _ = _parted(task_id, told)
    asked(open_form)
    raw = from_html(open_form, request.form) if request.form.get("answers") else {}
    try:
        dispatch(_command(task_id, raw))
    except InvalidAnswers as invalid:
        return _page(task_id, told, raw, invalid.messages), TO_BE_MENDED
    except Refused as refused:
        return _page(task_id, told, raw, {"": [in_language(refused.sentence)]}), status_of(refused)
    flash(gettext("The change is recorded. What stood before is kept beside it."), "done")
    return redirect(url_for("tasks.show", task_id=task_id))


def _command(task_id: UUID, raw: Mapping[str, Any]) -> AmendAnswers:
    words = {"reason": request.form.get(REASON, ""), "beside": request.form.get(BESIDE, "")}
    after = request.form.get("after", type=int)
    return AmendAnswers(command_id=command_id(), by=actor(), task_id=task_id, answers=raw, after=after, **words)


def _parted(task_id: UUID, told: Said) -> tuple[Form, list[tuple[str, str, str]]]:
    """A form of the questions that may be changed, and question, answer and why of those that stand."""
    session = db.session()
    task = session.get_one(Task, task_id)
    standing = amending.fixed(version_of(session, session.get_one(Run, task.run_id), task), task)
    open_ = tuple(_plain(each) for key, each in told.form.fields.items() if key not in standing and _asked(told, each))
    answered = said.lines(told.form, told.values, told.at)
    fixed = [(question, answer, standing[key]) for key, question, answer in answered if key in standing]
    return Form(told.form.id, told.form.title, open_, {}, f"{told.form.checksum}:changes"), fixed


def _asked(told: Said, question: Field) -> bool:
    """Whether it was answered, or is asked of everybody."""
    return question.key in told.values or not question.conditions


def _plain(question: Field) -> Field:
    """The question alone: what once opened it has been answered."""
    names = ("key", "type", "label", "hint", "required", "limits", "options", "kind", "default", "properties")
    return Field(**{name: getattr(question, name) for name in names})


def _page(task_id: UUID, told: Said, raw: Mapping[str, Any], wrong: Mapping[str, Sequence[str]] | None = None) -> str:
    open_form, fixed = _parted(task_id, told)
    shown = page_of(open_form, {**told.values, **raw}, {}, wrong)
    words = {"reason": request.form.get(REASON, ""), "beside": request.form.get(BESIDE, "")}
    after = request.form.get("after", len(told.changes))
    more = {"page": shown, "fixed": fixed, "words": words, "after": after, "wrong": wrong or {}}
    return render_template("tasks/amend.html", task_id=task_id, one=told, new_id=uuid4, **more)
