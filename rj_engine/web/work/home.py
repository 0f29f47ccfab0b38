"""Home: the next three things, then one's own tasks, what waits on others, and what was promised."""

from __future__ import annotations

from typing import Final
from uuid import uuid4

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from rj_engine import clock
from rj_engine.database import db
from rj_engine.people import staff
from rj_engine.web.page.access import actor, public
from rj_engine.web.work.inbox import QUEUES, counted
from rj_engine.workflows.workload import inbox, next_things, own_desk, promises, waits
from rj_engine.workflows.workload.inbox import Asked

HOMES: Final = (
    ("see_own_referrals", "own_referrals.listed"),
    ("manage_people", "people.colleagues"),
    ("read_ledger", "record.listed"),
    ("see_figures", "prison_figures.figures"),
)
"""Where somebody begins who works on no case, by the first verb they have."""
SHOWN: Final = 10
"""Of one's own tasks; the rest is a page further."""
FEW: Final = 5
screen = Blueprint("home", __name__)


@screen.get("/")
@public
def show() -> ResponseReturnValue:
    """The first page for one's role."""
    if not current_user.is_authenticated:
        return redirect(url_for("sign_in.form"))
    if "see_case" in actor().verbs:
        return _home()
    return redirect(url_for(next((place for verb, place in HOMES if verb in actor().verbs), "sign_in.nothing_yet")))


def _home() -> str:
    session, by, now = db.session(), actor(), clock.now()
    asked = inbox.asked(session, by, "mine", now)
    promised, late = promises.first(session, by, asked.own, now.astimezone(clock.LONDON).date(), limit=FEW)
    mine = inbox.listed(session, asked, limit=SHOWN)
    others = inbox.listed(session, Asked(by, "waiting", now, away=asked.away), limit=FEW)
    shown = {
        "things": next_things.of(session, asked, promised),
        "counts": counted(session, asked, late),
        "queues": QUEUES,
        "wanted": "",
        "page": mine,
        "others": others,
        "prisons": waits.of_prisons(session, by, asked.own)[:FEW],
        "promises": promised,
        "away": asked.away,
        "again": own_desk.follow_ups(session, by, {row.id for row in mine.tasks}),
        "names": staff.names(session, {row.assignee for row in (*mine.tasks, *others.tasks) if row.assignee}),
        "new_id": uuid4,
    }
    return render_template("home/home.html", **shown)
