"""The prison board: every request that waits, and what a lead does with it, one at a time or several at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from rj_engine import clock
from rj_engine.commands import Command, dispatch
from rj_engine.database import db
from rj_engine.errors import Refused, Retry
from rj_engine.people import staff
from rj_engine.people.staff import Staff
from rj_engine.prisons import places, reference, saved_views, waiting
from rj_engine.prisons.requests import DECISIONS
from rj_engine.prisons.saved_views import SaveView
from rj_engine.reports import board_file, stalls
from rj_engine.reports.stalls import Wanted
from rj_engine.reports.usual import share
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.languages import in_language, marked
from rj_engine.web.page.posted import command_id
from rj_engine.web.page.words import lower_first
from rj_engine.web.prison.wording import labels
from rj_engine.workflows.rows import Task
from rj_engine.workflows.task.tasks import AssignTask
from rj_engine.workflows.timed.rungs import CHASE, ChasePrison, EscalateRequest, GiveReason, NoRung

screen = Blueprint("prisons", __name__, url_prefix="/prisons")
TO_BE_MENDED: Final = 422
MOST: Final = 200
CHASED: Final = "prison_chase"
"""The form that a chase is recorded with."""
ACTIONS: Final[Mapping[str, str]] = {
    "chase": marked("Note that I have chased them today"),
    "escalate": marked("Take the next rung now"),
    "reassign": marked("Give the open tasks to a colleague"),
    "reason": marked("Add a reason"),
}
NEWS: Final[Mapping[str, str]] = {"no_news": marked("No news"), "acknowledged": marked("“We have it”")}
Make = Callable[[UUID, UUID], Sequence[Command]]
"""The commands for one request: from an id for them, and the request's."""


class NothingTicked(Refused):
    """Tick at least one request, and choose what to do."""

    code = "nothing_ticked"


@screen.get("")
@needs("see_prison_board")
def board() -> ResponseReturnValue:
    """One page of the board."""
    return _page()


@screen.post("/moves")
@needs("chase_prison")
def move() -> ResponseReturnValue:
    """Do it to every ticked request that allows it; what was refused is listed with why."""
    one, _, identity = request.form.get("one", "").partition(" ")
    chosen = one or request.form.get("action", "")
    ticked = [identity] if one else request.form.getlist("request")
    requests = [UUID(each) for each in ticked if _is_id(each)][:MOST]
    if chosen not in ACTIONS or not requests:
        return _page(NothingTicked()), TO_BE_MENDED
    return _told(requests, _MAKES[chosen]())


@screen.post("/views")
@needs("see_prison_board")
def keep_view() -> ResponseReturnValue:
    """Keep how the board is looked at under a name, or remove one."""
    wanted, remove = Wanted.of(request.form).as_words(), "remove" in request.form
    name = request.form.get("remove") or request.form.get("name", "")
    try:
        dispatch(SaveView(command_id=command_id(), by=actor(), name=name, wanted=wanted, remove=remove))
    except Refused as refused:
        return _page(refused), TO_BE_MENDED
    flash(
        gettext("The view “%(name)s” is removed.", name=name)
        if remove
        else gettext("The view “%(name)s” is kept.", name=name),
        "done",
    )
    return redirect(_address({} if remove else wanted))


@screen.get("/board.csv")
@needs("see_prison_board")
def as_csv() -> ResponseReturnValue:
    """The board as it is looked at, as a CSV file."""
    return _file(board_file.as_csv, "text/csv; charset=utf-8", "prison-board.csv")


@screen.get("/board.xlsx")
@needs("see_prison_board")
def as_workbook() -> ResponseReturnValue:
    """The same as a workbook."""
    return _file(board_file.as_workbook, board_file.WORKBOOK, "prison-board.xlsx")


def _file(make: Callable[[Sequence[stalls.Stall]], bytes], media: str, name: str) -> Response:
    rows = stalls.everything(db.session(), actor(), Wanted.of(request.args), clock.today())
    return Response(make(rows), content_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _page(wrong: Refused | None = None) -> str:
    session, by, today = db.session(), actor(), clock.today()
    typed = request.form if request.method == "POST" else request.args
    wanted = Wanted.of(typed)
    page = stalls.board(session, by, wanted, today, cursor=request.args.get("after", ""))
    known = places.register(session, by.service_id, today)
    people = staff.colleagues(session, by)
    shown = {
        "page": page,
        "wanted": wanted,
        "access": share(page.access_all - page.access_settled, page.access_all),
        "places": sorted(((code, place.name) for code, place in known.items() if place.takes_requests), key=_by_name),
        "views": saved_views.views(session, by),
        "owners": [*_owners(page, people), (stalls.NOBODY, gettext("Nobody yet"))],
        "colleagues": people if "assign_task" in by.verbs else [],
        "wrong": in_language(wrong.sentence) if wrong else "",
        "ticked": set(request.form.getlist("request")),
        "typed": request.form,
        "new_id": uuid4,
        **_words(),
    }
    return render_template("prisons/board.html", **shown)


def _owners(page: stalls.Board, people: Sequence[Staff]) -> list[tuple[UUID, str]]:
    """Colleagues of the team, and whoever of another team has a request that is on this board."""
    found = {**page.owners, **{each.id: each.name for each in people}}
    return sorted(found.items(), key=lambda each: each[1].casefold())


def _words() -> dict[str, Any]:
    return {
        "sorts": _in_language(stalls.SORTS),
        "moves": _in_language(stalls.MOVES),
        "bands": [(name, name) for _, name in waiting.BANDS],
        "actions": _in_language(ACTIONS),
        "news": _in_language(NEWS),
        "reasons": reference.reasons(),
        "offices": {"to": labels(CHASED, "chase_to"), "channel": labels(CHASED, "chase_channel")},
        "routes": {key: lower_first(words) for key, words in _in_language(reference.ROUTES).items()},
        "decisions": _in_language(DECISIONS),
        "chase": CHASE,
        "kinds": {"access": gettext("Access"), "event": gettext("Event")},
    }


def _in_language(words: Mapping[str, str]) -> dict[str, str]:
    return {key: in_language(each) for key, each in words.items()}


def _told(requests: list[UUID], make: Make) -> ResponseReturnValue:
    """Back to the board where all went well; else what was done and what was not."""
    first = command_id()
    names = {row.id: row.case for row in _named(requests)}
    refused = {each: told for each in requests if (told := _one(make, uuid5(first, str(each)), each))}
    done = [names.get(each, gettext("A request")) for each in requests if each not in refused]
    wanted = Wanted.of(request.form).as_words()
    if refused:
        held = [(names.get(each, gettext("A request")), told) for each, told in refused.items()]
        return render_template("prisons/outcome.html", done=done, refused=held, wanted=wanted), TO_BE_MENDED
    flash(gettext("Done: %(cases)s.", cases=", ".join(done)), "done")
    return redirect(_address(wanted))


def _named(requests: Sequence[UUID]) -> list[stalls.Named]:
    return stalls.named(db.session(), actor(), requests)


def _one(make: Make, identity: UUID, one: UUID) -> str:
    """Do it to one request; why not, or nothing."""
    try:
        commands = make(identity, one)
        if not commands:
            raise NoRung(marked("No task of this request is open. Its next step opens by itself on its day."))
        for command in commands:
            dispatch(command)
    except (Refused, Retry) as error:
        return in_language(error.sentence)
    return ""


def _chasing() -> Make:
    by, told = actor(), request.form
    done = {name: told.get(name, usual) for name, usual in _USUAL.items()}
    return lambda identity, one: [ChasePrison(command_id=identity, by=by, request_id=one, **done)]


def _escalating() -> Make:
    by = actor()
    return lambda identity, one: [EscalateRequest(command_id=identity, by=by, request_id=one)]


def _reasoning() -> Make:
    by, reason = actor(), request.form.get("reason", "")
    return lambda identity, one: [GiveReason(command_id=identity, by=by, request_id=one, reason=reason)]


def _assigning() -> Make:
    by, to = actor(), request.form.get("colleague", type=UUID)

    def make(identity: UUID, one: UUID) -> list[Command]:
        if to is None:
            raise Refused(marked("Choose the colleague who shall have them."))
        return [
            AssignTask(command_id=uuid5(identity, str(task)), by=by, task_id=task, to=to) for task in _open_tasks(one)
        ]

    return make


def _open_tasks(one: UUID) -> list[UUID]:
    found = stalls.named(db.session(), actor(), [one])
    runs = [each.run_id for each in found if each.run_id is not None]
    where = Task.run_id.in_(runs), Task.closed_at.is_(None), Task.element.like(stalls.STEPS, escape="\\")
    return list(db.session().scalars(select(Task.id).where(*where)))


_USUAL: Final = {"to": "pom", "channel": "phone", "result": "no_news", "reason": "no_reply"}
_MAKES: Final[Mapping[str, Callable[[], Make]]] = {
    "chase": _chasing,
    "escalate": _escalating,
    "reassign": _assigning,
    "reason": _reasoning,
}


def _address(wanted: Mapping[str, Any]) -> str:
    """The board, looked at in that way."""
    return url_for("prisons.board", **wanted)


def _by_name(place: tuple[str, str]) -> str:
    return place[1].rpartition("HMP")[2].casefold()


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
