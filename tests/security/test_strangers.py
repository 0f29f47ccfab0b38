"""What belongs to others answers exactly as what does not exist."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from rj_engine import clock
from rj_engine.commands import NotAllowed
from rj_engine.workflows.beside import incidents
from rj_engine.workflows.beside.referrals import MakeReferral
from rj_engine.workflows.rows import Task
from rj_engine.workflows.task import desk
from tests.answers import typical
from tests.places import Product
from tests.security.neighbourhood import WRITES, Known, Neighbourhood, a_case, statements
from tests.security.routes import Route, routes

FRESH = re.compile(r'(csrf_token" value=")[^"]*"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}')
"""What differs from page to page: tokens, and ids that are shown to whoever sent them."""
WHAT_CHANGES: dict[str, Callable[[Known], Known]] = {
    "reference": lambda known: replace(known, reference="SS-ZZZZZZ"),
    "task_id": lambda known: replace(known, task=uuid.uuid4()),
    "incident_id": lambda known: replace(known, incident=uuid.uuid4()),
    "staff_id": lambda known: replace(known, colleague=uuid.uuid4()),
}


def body(reply: TestResponse) -> tuple[int, str, str | None]:
    return reply.status_code, FRESH.sub("", reply.text), reply.content_type


@pytest.mark.parametrize("place", ["other team", "other service"])
@pytest.mark.parametrize("role", ["facilitator", "coordinator", "lead"])
def test_a_strangers_id_answers_word_for_word_as_a_made_up_one(
    neighbourhood: Neighbourhood, role: str, place: str
) -> None:
    if (role, place) == ("lead", "other team"):
        pytest.skip("a lead sees every team of the service")
    theirs, visitor, app = neighbourhood.cases[place], neighbourhood.visitors[role], neighbourhood.product.app
    asked = 0
    for route in routes(app):
        for argument in route.arguments & set(WHAT_CHANGES):
            made_up = WHAT_CHANGES[argument](theirs)
            strange = visitor.knock(route.method, route.path(app, theirs), route.body(theirs, 0))
            unknown = visitor.knock(route.method, route.path(app, made_up), route.body(theirs, 0))
            assert body(strange) == body(unknown), route.name
            assert strange.status_code in {403, 404}, route.name
            asked += 1
    assert asked >= 19


def test_a_task_cannot_be_given_to_a_stranger(neighbourhood: Neighbourhood) -> None:
    own, visitor = neighbourhood.cases["own team"], neighbourhood.visitors["lead"]
    for address in (f"/tasks/{own.task}/assign", f"/api/v1/tasks/{own.task}/assign"):
        made_up = visitor.knock("POST", address, {"to": str(uuid.uuid4())})
        assert made_up.status_code == 404
        for place in ("other team", "other service"):
            theirs = visitor.knock("POST", address, {"to": str(neighbourhood.cases[place].colleague)})
            assert body(theirs) == body(made_up), place


def test_a_page_of_a_list_cannot_begin_at_a_strangers_case(neighbourhood: Neighbourhood) -> None:
    visitor = neighbourhood.visitors["facilitator"]
    replies = [
        visitor.knock("GET", f"/api/v1/cases?cursor={reference}", {})
        for reference in (neighbourhood.cases["other service"].reference, "SS-ZZZZZZ")
    ]
    assert body(replies[0]) == body(replies[1])
    assert replies[0].status_code == 422


def test_lists_hold_nothing_of_another_service(neighbourhood: Neighbourhood) -> None:
    theirs = neighbourhood.cases["other service"].reference
    prefix = theirs.partition("-")[0]
    for role, visitor in neighbourhood.visitors.items():
        for path in ("/cases?state=all", "/tasks?queue=team", "/problems", "/people"):
            assert f"{prefix}-" not in visitor.knock("GET", path, {}).text, (role, path)
        for path in ("/cases?state=all", "/tasks?queue=team", f"/cases?query={theirs}"):
            assert theirs not in visitor.knock("GET", f"/api/v1{path}", {}).text, (role, path)


def test_looking_never_writes(neighbourhood: Neighbourhood) -> None:
    neighbourhood.restore()
    app, known = neighbourhood.product.app, neighbourhood.cases["own team"]
    with clock.at(neighbourhood.built_at), statements() as seen:
        for route in looks(neighbourhood):
            for visitor in neighbourhood.visitors.values():
                visitor.knock("GET", route.path(app, known), {})
    assert len(seen) > 200
    assert [statement for statement in seen if WRITES.match(statement)] == []


def test_looking_after_a_minute_notes_only_that_the_sign_in_is_in_use(neighbourhood: Neighbourhood) -> None:
    neighbourhood.restore()
    with clock.at(neighbourhood.built_at + timedelta(minutes=2)), statements() as seen:
        assert neighbourhood.visitors["facilitator"].knock("GET", "/tasks", {}).status_code == 200
    written = {
        statement.split()[1 if statement.startswith("UPDATE") else 2] for statement in seen if WRITES.match(statement)
    }
    assert written == {"sign_in", "command_result"}
    neighbourhood.restore()


def looks(neighbourhood: Neighbourhood) -> list[Route]:
    return [route for route in routes(neighbourhood.product.app) if route.method == "GET"]


def test_whoever_may_see_no_case_sees_none_by_any_query(sqlite_product: Product) -> None:
    known = a_case(sqlite_product)
    session = sqlite_product.session
    for role in ("referrer", "commissioner", "administrator", "auditor"):
        by = sqlite_product.actor(role)
        with pytest.raises(Exception, match="nothing here"):
            desk.desk(session, by, known.task, clock.now())
        assert incidents.open_incidents(session, by) == []


def test_a_case_cannot_be_allocated_to_a_stranger(sqlite_product: Product) -> None:
    refused = []
    for colleague in (str(sqlite_product.actor("facilitator.sample").id), str(uuid.uuid4())):
        made = sqlite_product.do_referral("coordinator")
        tasks = made["next_tasks"]
        lead = sqlite_product.api("lead")
        while (form := form_of(sqlite_product, tasks)) != "allocate":
            tasks = lead.post(f"/tasks/{tasks[0]['id']}/complete", answers=typical(form)).json["next_tasks"]
        answers = typical(form, facilitator=colleague)
        refused.append(lead.post(f"/tasks/{tasks[0]['id']}/complete", answers=answers))
    assert [reply.status_code for reply in refused] == [422, 422]
    assert refused[0].json == refused[1].json


def form_of(product: Product, tasks: list[dict[str, str]]) -> str:
    return product.session.get_one(Task, uuid.UUID(tasks[0]["id"])).form


def test_a_referral_goes_to_the_callers_own_team_whatever_the_body_says(sqlite_product: Product) -> None:
    service, team = sqlite_product.actor("lead.sample").service_id, sqlite_product.actor("lead.sample").team_id
    answers = {**typical("referral"), "service_id": str(service), "team_id": str(team)}
    reply = sqlite_product.api("coordinator").post("/referrals", answers=answers, service_id=str(service))
    if reply.status_code == 201:
        assert reply.json["reference"].startswith("EC-")
    else:
        assert reply.status_code == 422


def test_a_command_refuses_without_its_verb_even_when_no_route_asked(sqlite_product: Product) -> None:
    with pytest.raises(NotAllowed):
        sqlite_product.do(MakeReferral, "commissioner", answers={})
