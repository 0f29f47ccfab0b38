"""Figures of permission, the one page for the commissioner, and the week as leads need it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

from babel.dates import get_day_names
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from rj_engine import clock
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.people.staff import Service
from rj_engine.prisons import places, reference
from rj_engine.prisons.requests import DECISIONS
from rj_engine.reports import charts, deciders, exception_report, permission_figures, reviews, weekly
from rj_engine.reports.permission_figures import LOST, Figures
from rj_engine.reports.usual import share
from rj_engine.web.page.access import actor, needs, settings
from rj_engine.web.page.languages import language, marked
from rj_engine.web.page.posted import command_id
from rj_engine.workflows.post import weekly as weekly_post
from rj_engine.workflows.post.weekly import ChooseWeekly

screen = Blueprint("prison_figures", __name__, url_prefix="/prisons")
PERIODS: Final[Mapping[str, tuple[str, int]]] = {
    "quarter": (marked("Last three months"), 3),
    "year": (marked("Last twelve months"), 12),
    "all": (marked("Last ten years"), 120),
}
MOST_BARS: Final = 12
MOST_LISTED: Final = 20
"""Of one heading of the week; the board has the others."""
SEES_BOARD: Final = "see_prison_board"


@screen.get("/figures")
@needs("see_figures")
def figures() -> ResponseReturnValue:
    """Every figure with its n, charts beside their tables; places by name only for those who see the board."""
    found, period = _figures()
    by = actor()
    known = places.register(db.session(), by.service_id, clock.today()) if SEES_BOARD in by.verbs else {}
    rows = sorted(found.by_place.items(), key=lambda pair: (-pair[1].n, pair[0])) if known else []
    by_place = [(places.name_of(known, code), usual) for code, usual in rows]
    reviewed = reviews.by_place(db.session(), by.service_id, found.since, found.until) if known else {}
    shown: dict[str, Any] = {
        "reviewed": [(places.name_of(known, code), each) for code, each in reviewed.items()],
        "decider": deciders.words,
        "lost": LOST,
        "deciders": {key: deciders.words(key) for key in found.by_decider},
        "figures": found,
        "period": period,
        "periods": PERIODS,
        "share": share,
        "reasons": reference.reasons(),
        "routes": reference.ROUTES,
        "by_place": by_place,
        "line": charts.steps(found.curve) if found.curve else None,
        "bars": charts.ranges(
            [(name, each.least, each.most, each.median, each.words) for name, each in by_place[:MOST_BARS]]
        ),
        "size": {"width": charts.WIDTH, "height": charts.HEIGHT, "left": charts.LEFT, "bottom": charts.BOTTOM},
        "days_marked": [day for day in (5, 10, 20, 40, 60, 80) if found.curve and day <= max(found.curve.days)],
    }
    return render_template("prisons/figures.html", **shown)


@screen.get("/exception-report.pdf")
@needs("see_figures")
def report() -> ResponseReturnValue:
    """The page for the commissioner; no place is named."""
    found, _ = _figures()
    service = db.session().get_one(Service, actor().service_id).name
    made = exception_report.made(found, service, clock.today())
    return Response(
        made, content_type="application/pdf", headers={"Content-Disposition": 'inline; filename="exception-report.pdf"'}
    )


@screen.get("/week")
@needs("see_prison_board")
def digest() -> ResponseReturnValue:
    """The weekly digest as a page, and the day on which its e-mail comes."""
    session, known = db.session(), settings()
    week, leaves = weekly.week(session, actor(), clock.today()), bool(known.smtp_host or known.notify_key)
    chosen = weekly_post.chosen(session, actor())
    days = [(number, day) for number, day in get_day_names(locale=language()).items() if number <= weekly_post.FRIDAY]
    shown = {
        "days": days,
        "chosen": chosen,
        "leaves": leaves,
        "hour": known.digest_hour,
        "new_id": uuid4,
        "decisions": DECISIONS,
    }
    return render_template("prisons/week.html", week=week, most=MOST_LISTED, **shown)


@screen.post("/week")
@needs("see_prison_board")
def choose_weekly() -> ResponseReturnValue:
    """Keep on which day one wants the e-mail, or that one wants none."""
    weekday = request.form.get("weekday", type=int)
    dispatch(ChooseWeekly(command_id=command_id(), by=actor(), weekday=weekday))
    flash(gettext("Your choice is kept."), "done")
    return redirect(url_for("prison_figures.digest"))


def _figures() -> tuple[Figures, str]:
    period = request.args.get("period", "year")
    months = PERIODS.get(period, PERIODS["year"])[1]
    today = clock.today()
    since = clock.add_months(today, -months)
    return permission_figures.figures(db.session(), actor().service_id, since, today), period
