"""Cases: the list, one case's file, where it stands on its diagram, and withdrawal."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from rj_engine import bpmn, clock
from rj_engine.cases import contact, holds, linked, links, mentions, notes, queries, relationships
from rj_engine.cases.case import Case, Party, find
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.people import staff
from rj_engine.risk import assessment
from rj_engine.web.case import case_page, consents, timeline
from rj_engine.web.case.diagrams import drawings
from rj_engine.web.page import said
from rj_engine.web.page.access import actor, needs
from rj_engine.web.page.languages import marked
from rj_engine.web.page.posted import command_id
from rj_engine.workflows.beside import withdrawals
from rj_engine.workflows.beside.renewals import RenewWhatRanOut
from rj_engine.workflows.beside.withdrawals import Withdraw
from rj_engine.workflows.published import signed_decisions
from rj_engine.workflows.task import desk

screen = Blueprint("cases", __name__, url_prefix="/cases")
STATES = {"open": marked("Open"), "frozen": marked("Stopped"), "closed": marked("Closed"), "all": marked("All")}


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
    kind, before = request.args.get("kind", ""), request.args.get("before", type=int)
    return render_template("cases/case.html", **_shown(reference, kind, before))


@screen.get("/<reference>/print")
@needs("see_case")
def on_paper(reference: str) -> ResponseReturnValue:
    """The same file for paper: everything unfolded, the whole timeline, nothing to press."""
    return render_template("cases/case.html", paper=True, **_shown(reference, "", None, whole=True))


def _shown(reference: str, kind: str, before: int | None, *, whole: bool = False) -> dict[str, Any]:
    """All that the page shows."""
    session, by, now = _session(), actor(), clock.now()
    file = queries.case_file(session, by, reference, now, with_timeline=False)
    case, told = file.case, said.so_far(session, file.case)
    assessments = assessment.history(session, case.id)
    waiting = case_page.waits(session, case)
    linked_cases, more_links = linked.of_case(session, by, case)
    written = notes.of_case(session, case)
    return {
        "file": file,
        "first": case_page.first(session, file, told, assessments),
        "flags": case_page.flags(file, told),
        "relation": case_page.relation(file),
        "consents": consents.told(file),
        "case": case,
        "holds": holds.of_case(session, case.id),
        "waiting": waiting,
        "milestone": case_page.milestone(waiting, now),
        "promises": contact.open_promises(file.contacts),
        "drawings": drawings(case.reference, desk.where_it_stands(session, case), file.victims),
        "timeline": timeline.page(session, case.id, kind, before, whole=whole),
        "kinds": timeline.KINDS,
        "said": told,
        "assessments": assessments,
        "decisions": signed_decisions.of_case(session, case),
        "links": links.possible(session, by, case),
        "linked": linked_cases,
        "more_links": more_links,
        "related": relationships.of_case(session, case, file.parties),
        "kinds_of_relation": bpmn.relationships(),
        "notes": written,
        "can_be_told": mentions.colleagues(session, case, by.id) if "write_note" in by.verbs else [],
        "writers": staff.names(session, notes.writers(written)),
        "new_id": uuid4,
        "may_add_victim": "complete_task" in by.verbs
        and case.status == "open"
        and any(party.role == "victim" for party in file.parties),
    }


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
    flash(gettext("What has run out is being renewed. Contact can go on when that is done."), "done")
    opened = [task["id"] for task in answer["next_tasks"] if task["lane"] in actor().lanes]
    if opened:
        return redirect(url_for("tasks.show", task_id=opened[0]))
    return redirect(url_for("cases.show", reference=reference))


@screen.get("/<reference>/withdraw")
@needs("withdraw_party")
def ask_withdrawal(reference: str) -> ResponseReturnValue:
    """Ask who withdraws, and in what words."""
    return _withdrawal_page(find(_session(), actor(), reference))


@screen.post("/<reference>/withdraw")
@needs("withdraw_party")
def withdraw(reference: str) -> ResponseReturnValue:
    """Record the withdrawal; what stood on their consent ends at once."""
    chosen, words = request.form.get("party", ""), request.form.get("words", "").strip()
    case = find(_session(), actor(), reference)
    who = _choices(case).get(chosen)
    if who is None:
        return _withdrawal_page(case, gettext("Choose who withdraws"), words), 422
    party, person = who
    one = person.id if person else None
    withdrawal = Withdraw(
        command_id=command_id(), by=actor(), reference=reference, party=party, person=one, words=words
    )
    dispatch(withdrawal)
    flash(
        gettext(
            "The withdrawal of the %(party)s is recorded. Their consents have ended.",
            party=bpmn.parties()[party]["label"],
        ),
        "done",
    )
    return redirect(url_for("cases.show", reference=reference))


def _withdrawal_page(case: Case, wrong: str = "", words: str = "") -> str:
    items = [
        {
            "value": value,
            "text": f"{person.name} ({bpmn.parties()[party]['label']})"
            if person
            else gettext("The %(party)s", party=bpmn.parties()[party]["label"]),
        }
        for value, (party, person) in _choices(case).items()
    ]
    return render_template("cases/withdraw.html", case=case, choices=items, new_id=uuid4, wrong=wrong, words=words)


def _choices(case: Case) -> dict[str, tuple[str, Party | None]]:
    """What a button of the page sends, to whom it means: the only one of a kind by the kind alone."""
    people = withdrawals.people_of(_session(), case)
    alone = {party: (party, next(iter(told), None)) for party, told in people.items() if len(told) < 2}  # noqa: PLR2004 - nobody or one
    several = {str(one.id): (party, one) for party, told in people.items() for one in told if party not in alone}
    return alone | several
