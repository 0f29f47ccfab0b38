"""Cases: the list, one case's file, where it stands on its diagram, and withdrawal."""

from __future__ import annotations

from uuid import uuid4

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases import queries
from rj_engine.cases.case import find
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.people import staff
from rj_engine.risk import assessment
from rj_engine.web import consents, said
from rj_engine.web.access import actor, needs
from rj_engine.web.diagrams import drawings
from rj_engine.web.posted import command_id
from rj_engine.web.timeline import told
from rj_engine.workflows import desk
from rj_engine.workflows.renewals import RenewWhatRanOut
from rj_engine.workflows.withdrawals import Withdraw

screen = Blueprint("cases", __name__, url_prefix="/cases")
STATES = {"open": "Open", "frozen": "Stopped", "closed": "Closed", "all": "All"}


def _session() -> Session:
    return db.session()


@screen.get("")
@needs("see_case")
def listed() -> ResponseReturnValue:
    """Cases one may see, newest first."""
    query, state = request.args.get("query", "").strip(), request.args.get("state", "open")
    rows, after = queries.page(_session(), actor(), query=query, state=state, cursor=request.args.get("after"))
    names = staff.names(_session(), {row.facilitator_id for row in rows if row.facilitator_id})
    shown = {"rows": rows, "after": after, "query": query, "state": state, "states": STATES, "names": names}
    return render_template("cases/list.html", **shown)


@screen.get("/<reference>")
@needs("see_case")
def show(reference: str) -> ResponseReturnValue:
    """One case's file."""
    session = _session()
    file = queries.case_file(session, actor(), reference, clock.now())
    standing = desk.where_it_stands(session, file.case)
    shown = {
        "file": file,
        "consents": consents.told(file),
        "case": file.case,
        "tasks": desk.open_tasks(session, file.case),
        "drawings": drawings(file.case.reference, standing),
        "timeline": told(file.timeline),
        "said": said.so_far(session, file.case),
        "assessments": assessment.history(session, file.case.id),
    }
    return render_template("cases/case.html", **shown)


@screen.get("/<reference>/diagrams/<int:run>/<name>")
@needs("see_case")
def diagram(reference: str, run: int, name: str) -> ResponseReturnValue:
    """One diagram of one run, as it was published when the run began."""
    standing = desk.where_it_stands(_session(), find(_session(), actor(), reference))
    source = standing[run].diagrams.get(name) if run < len(standing) else None
    if source is None:
        abort(404)
    return Response(source, content_type="application/xml; charset=utf-8")


@screen.post("/<reference>/renew")
@needs("complete_task")
def renew(reference: str) -> ResponseReturnValue:
    """Set about renewing what has run out, and open the first task of it."""
    answer = dispatch(RenewWhatRanOut(command_id=command_id(), by=actor(), reference=reference))
    flash("What has run out is being renewed. Contact can go on when that is done.", "done")
    opened = [task["id"] for task in answer["next_tasks"] if task["lane"] in actor().lanes]
    if opened:
        return redirect(url_for("tasks.show", task_id=opened[0]))
    return redirect(url_for("cases.show", reference=reference))


@screen.get("/<reference>/withdraw")
@needs("withdraw_party")
def ask_withdrawal(reference: str) -> ResponseReturnValue:
    """Ask who withdraws, and in what words."""
    case = find(_session(), actor(), reference)
    return render_template("cases/withdraw.html", case=case, new_id=uuid4, wrong="", words="")


@screen.post("/<reference>/withdraw")
@needs("withdraw_party")
def withdraw(reference: str) -> ResponseReturnValue:
    """Record the withdrawal; what stood on their consent ends at once."""
    party, words = request.form.get("party", ""), request.form.get("words", "").strip()
    case = find(_session(), actor(), reference)
    if party not in {"victim", "harmer"}:
        wrong = "Choose who withdraws"
        return render_template("cases/withdraw.html", case=case, new_id=uuid4, wrong=wrong, words=words), 422
    dispatch(Withdraw(command_id=command_id(), by=actor(), reference=reference, party=party, words=words))
    flash(f"The withdrawal of the {party} is recorded. Their consents have ended.", "done")
    return redirect(url_for("cases.show", reference=reference))
