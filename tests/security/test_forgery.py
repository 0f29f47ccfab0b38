"""A page of another site can make nobody's browser write here."""

from __future__ import annotations

import pytest

from rj_engine import clock
from tests.security.neighbourhood import WRITES, Neighbourhood, statements
from tests.security.routes import Route, routes

FORGED: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "no token": ({}, {}),
    "a wrong token": ({"csrf_token": "wrong"}, {}),
    "a token of another session": ({"csrf_token": "another"}, {}),
    "a foreign origin": ({"csrf_token": "right"}, {"Origin": "https://example.net"}),
    "an origin that hides": ({"csrf_token": "right"}, {"Origin": "null"}),
    "another port": ({"csrf_token": "right"}, {"Origin": "http://localhost:8080"}),
    "a browser that says cross-site": ({"csrf_token": "right"}, {"Sec-Fetch-Site": "cross-site"}),
    "a browser that says same-site": ({"csrf_token": "right"}, {"Sec-Fetch-Site": "same-site"}),
}


def writes(neighbourhood: Neighbourhood) -> list[Route]:
    found = [route for route in routes(neighbourhood.product.app) if route.unsafe]
    return [route for route in found if not route.rule.startswith("/api/")]


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_request_is_refused_and_writes_nothing(neighbourhood: Neighbourhood, how: str) -> None:
    form, headers = FORGED[how]
    app, known = neighbourhood.product.app, neighbourhood.cases["own team"]
    visitor, other = neighbourhood.visitors["lead"], neighbourhood.visitors["facilitator"]
    tokens = {"right": visitor.csrf, "another": other.csrf}
    sent = {name: tokens.get(value, value) for name, value in form.items()}
    with clock.at(neighbourhood.built_at), statements() as seen:
        for route in writes(neighbourhood):
            data = {**route.body(known, 0), **sent}
            reply = visitor.client.open(route.path(app, known), method=route.method, data=data, headers=headers)
            assert reply.status_code == 400, route.name
    assert [statement for statement in seen if WRITES.match(statement)] == []


@pytest.mark.parametrize("headers", [{"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}])
def test_our_own_pages_are_heard(neighbourhood: Neighbourhood, headers: dict[str, str]) -> None:
    visitor, known = neighbourhood.visitors["facilitator"], neighbourhood.cases["own team"]
    form = {"csrf_token": visitor.csrf, "notes": "so far"}
    reply = visitor.client.put(f"/tasks/{known.task}/draft", data=form, headers=headers)
    assert reply.status_code == 200
    neighbourhood.restore()


def test_the_api_takes_no_cookie_for_a_token(neighbourhood: Neighbourhood) -> None:
    app, known = neighbourhood.product.app, neighbourhood.cases["own team"]
    client = neighbourhood.visitors["lead"].client
    for route in routes(app):
        if route.rule.startswith("/api/") and not route.rule.endswith("openapi.json"):
            sent = route.body(known, 0) if route.unsafe else None
            reply = client.open(route.path(app, known), method=route.method, json=sent)
            assert reply.status_code == 401, route.name
            assert reply.headers["WWW-Authenticate"] == "Bearer"


def test_a_page_takes_no_token_for_a_cookie(neighbourhood: Neighbourhood) -> None:
    client = neighbourhood.product.app.test_client()
    token = neighbourhood.visitors["lead"].token
    assert client.get("/cases", headers={"Authorization": f"Bearer {token}"}).status_code == 302


def test_nobody_may_read_an_answer_from_another_site(neighbourhood: Neighbourhood) -> None:
    visitor = neighbourhood.visitors["facilitator"]
    for path in ("/cases", "/api/v1/cases"):
        reply = visitor.client.get(path, headers={"Origin": "https://example.net"})
        assert [name for name, _ in reply.headers if name.startswith("Access-Control-")] == []
