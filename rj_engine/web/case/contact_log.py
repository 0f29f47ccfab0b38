"""The contact log: one short form for one person, that offers only what is safe for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine import clock
from rj_engine.cases import linked, safe_contact
from rj_engine.cases.case import NotFound, Party, find
from rj_engine.clock import Period
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.errors import Refused
from rj_engine.web.page import said
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.languages import in_language, marked
from rj_engine.web.page.posted import command_id
from rj_engine.web.page.words import day
from rj_engine.workflows.task import contact_log as contacts
from rj_engine.workflows.task.contact_log import NOT_ASKED, SAFE, UNSAFE, ContactNotTaken, LogContact

screen = Blueprint("contact_log", __name__, url_prefix="/cases/<reference>/contacts/<uuid:person>")
TO_BE_MENDED: Final = 422
SAFE_TO_TALK: Final = {
    SAFE: marked("Yes, they said that it was safe"),
    UNSAFE: marked("No, it was not safe"),
    NOT_ASKED: marked("Nobody to ask: no answer, or in writing"),
}
NO_PROMISE, ANOTHER_DAY = "none", "other"
WITHIN: Final = {
    "next_day": (marked("Next working day"), 1),
    "week": (marked("In a week"), 5),
    "two_weeks": (marked("In two weeks"), 10),
}
"""Quick answers to when, in working days."""
IN_TOUCH: Final = "We will be in touch again."


@screen.get("")
@needs("log_contact")
def ask(reference: str, person: UUID) -> ResponseReturnValue:
    """The empty form, with how this person may be reached above it."""
    return _page(reference, person, {"promise_when": NO_PROMISE})


@screen.post("")
@needs("log_contact")
def send(reference: str, person: UUID) -> ResponseReturnValue:
    """Log it; what cannot be taken is shown again with the reason."""
    typed = request.form
    try:
        command = _command(reference, person, typed)
        answer = _logged(command)
    except ContactNotTaken as wrong:
        return _page(reference, person, typed, wrong.messages), TO_BE_MENDED
    if answer["task"] and not answer["finished"] and command.result == "spoke":
        flash(gettext("The contact is logged. What you noted is filled in here: answer what is left."), "done")
        return redirect(url_for("tasks.show", task_id=answer["task"]))
    return redirect(url_for("cases.show", reference=reference))


def _logged(command: LogContact) -> Mapping[str, Any]:
    """Log it and finish the task that waits for it; where the task refuses, log it all the same."""
    try:
        answer = dispatch(command)
    except (ContactNotTaken, NotFound):
        raise
    except Refused as refusal:
        answer = dispatch(LogContact(**{**vars(command), "finishes": False}))
        flash(
            gettext(
                "The contact is logged. Its task is still open: %(sentence)s", sentence=in_language(refusal.sentence)
            ),
            "kept",
        )
        return answer
    filed = [gettext("The contact is logged.")]
    if answer["finished"]:
        filed.append(gettext("It counts as a try, and the task is done."))
        opened = ", ".join(task["name"] for task in answer["next_tasks"])
        filed += [gettext("Opened: %(tasks)s.", tasks=opened)] if opened else []
    flash(" ".join(filed), "done")
    return answer


def _command(reference: str, person: UUID, typed: Any) -> LogContact:
    when = typed.get("promise_when", NO_PROMISE)
    promise = typed.get("promise", "").strip()
    return LogContact(
        command_id=command_id(),
        by=actor(),
        reference=reference,
        person_id=person,
        channel=typed.get("channel", ""),
        result=typed.get("result", ""),
        safe_to_talk=typed.get("safe_to_talk", ""),
        words=typed.get("words", ""),
        promise=promise or (IN_TOUCH if when != NO_PROMISE else ""),
        promised_on=_promised_on(when, typed),
        also=typed.getlist("also"),
    )


def _promised_on(when: str, typed: Mapping[str, str]) -> date | None:
    if when in WITHIN:
        return clock.due_on(clock.today(), Period(WITHIN[when][1], "working_days"))
    if when != ANOTHER_DAY:
        return None
    try:
        year, month, day_of = (int(typed.get(f"promised_on-{part}", "")) for part in ("year", "month", "day"))
        return date(year, month, day_of)
    except ValueError as error:
        raise ContactNotTaken({"promised_on": [gettext("Give a real date, such as 27 3 2027")]}, {}) from error


def _page(
    reference: str, person: UUID, typed: Mapping[str, Any], messages: Mapping[str, Sequence[str]] | None = None
) -> str:
    session, by = db.session(), actor()
    case = find(session, by, reference)
    one = session.get(Party, person)
    if one is None or one.case_id != case.id:
        raise NotFound
    waiting = contacts.waits_for(session, by, case, one)
    others, _ = linked.of_case(session, by, case)
    quick = {key: f"{gettext(words)} ({day(_promised_on(key, {}))})" for key, (words, _) in WITHIN.items()}
    shown = {
        "case": case,
        "person": one,
        "safe": safe_contact.of(one),
        "absent": contacts.missing(session, case, one, waiting, clock.now()),
        "reached": said.reached(one),
        "task": waiting.task if waiting else None,
        "others": others,
        "typed": typed,
        "also": request.form.getlist("also"),
        "wrong": {key: " ".join(map(in_language, each)) for key, each in (messages or {}).items()},
        "asked_first": SAFE_TO_TALK,
        "promises": {NO_PROMISE: gettext("Nothing promised"), **quick, ANOTHER_DAY: gettext("Another day")},
        "new_id": uuid4,
    }
    return render_template("cases/contact.html", **shown)
