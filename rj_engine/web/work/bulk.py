"""One thing done to many tasks: take, give, move the due date, look again; each task has its own answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID, uuid5

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from rj_engine.commands import Command, dispatch
from rj_engine.database import db
from rj_engine.errors import Refused, Retry
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.languages import in_language, marked
from rj_engine.web.page.posted import command_id, posted_day
from rj_engine.web.work.inbox import Typed, page
from rj_engine.workflows.task.due_dates import ChangeDueDate, ReasonNeeded
from rj_engine.workflows.task.tasks import AssignTask, ClaimTask
from rj_engine.workflows.workload import inbox
from rj_engine.workflows.workload.own_desk import FollowTaskUp

screen = Blueprint("bulk", __name__)
TO_BE_MENDED: Final = 422
MOST: Final = inbox.LONGEST_PAGE
Make = Callable[[UUID, UUID], Command]
"""The command for one task: from the command's id and the task's."""


class NotChosen(Refused):
    """Choose what to do, and tick at least one task."""

    code = "not_chosen"


@screen.post("/tasks/bulk")
@needs("see_case")
def do() -> ResponseReturnValue:
    """Do it to every ticked task that allows it; what was refused is listed with why."""
    tasks = [UUID(each) for each in request.form.getlist("task") if _is_id(each)][:MOST]
    ways: Mapping[str, tuple[str, Callable[[], Make]]] = {
        "claim": ("do", _claiming),
        "assign": ("to", _assigning),
        "due": ("due_on-day", _moving),
        "again": ("again_on-day", _looking_again),
    }
    chosen = request.form.get("do", "")
    if chosen not in ways or not tasks:
        return page(_typed("do" if tasks else "task", NotChosen())), TO_BE_MENDED
    name, prepare = ways[chosen]
    try:
        make = prepare()
    except Refused as refused:
        return page(_typed("reason" if isinstance(refused, ReasonNeeded) else name, refused)), TO_BE_MENDED
    return _told(tasks, make)


def _told(tasks: list[UUID], make: Make) -> ResponseReturnValue:
    """Back to the list where all went well; else what was done and what was not."""
    names = inbox.named(db.session(), actor(), tasks)
    first = command_id()
    refused = {task: told for task in tasks if (told := _one(make(uuid5(first, str(task)), task)))}
    done = [names[task] for task in tasks if task not in refused and task in names]
    if refused:
        held = [
            (task if task in names else None, names.get(task, gettext("A task")), told)
            for task, told in refused.items()
        ]
        return render_template("inbox/outcome.html", done=done, refused=held, back=_back())
    flash(ngettext("Done: %(num)d task.", "Done: %(num)d tasks.", len(done)), "done")
    return redirect(_back())


def _one(command: Command) -> str:
    """Do it to one task; why not, or nothing."""
    try:
        dispatch(command)
    except (Refused, Retry) as error:
        return in_language(error.sentence)
    return ""


def _claiming() -> Make:
    by = actor()
    return lambda identity, task: ClaimTask(command_id=identity, by=by, task_id=task)


def _assigning() -> Make:
    by, to = actor(), request.form.get("to", type=UUID)
    if to is None:
        raise Refused(marked("Choose the colleague who shall have them."))
    return lambda identity, task: AssignTask(command_id=identity, by=by, task_id=task, to=to)


def _moving() -> Make:
    by, day, reason = actor(), posted_day("due_on"), request.form.get("reason", "")
    if not reason.strip():
        raise ReasonNeeded
    return lambda identity, task: ChangeDueDate(command_id=identity, by=by, task_id=task, due_on=day, reason=reason)


def _looking_again() -> Make:
    by = actor()
    typed = any(request.form.get(f"again_on-{part}", "").strip() for part in ("day", "month", "year"))
    day = posted_day("again_on") if typed else None
    return lambda identity, task: FollowTaskUp(command_id=identity, by=by, task_id=task, on=day)


def _typed(name: str, refused: Refused) -> Typed:
    values = {key: value for key, value in request.form.items() if key not in {"csrf_token", "command_id", "task"}}
    return Typed(values, frozenset(request.form.getlist("task")), ((name, in_language(refused.sentence)),))


def _back() -> str:
    """The list as it was."""
    asked: dict[str, Any] = request.args.to_dict()
    return url_for("inbox.queue", **asked)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
