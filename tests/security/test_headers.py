"""What every answer tells the browser, and what the cookie allows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.places import PASSWORD, Product
from tests.security.neighbourhood import CSRF, Neighbourhood
from tests.security.routes import routes

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HTTPS = "https://cases.example.org"


def test_every_answer_carries_the_policy_and_keeps_out_of_caches(neighbourhood: Neighbourhood) -> None:
    app, known = neighbourhood.product.app, neighbourhood.cases["own team"]
    asked = [(route.name, route.path(app, known)) for route in routes(app) if route.method == "GET"]
    for name, path in [*asked, ("nothing", "/nothing-at-all"), ("nothing", "/api/v1/nothing"), ("HTML", "/refer")]:
        for who in ("lead", "signed out"):
            headers = neighbourhood.visitors[who].knock("GET", path, {}).headers
            assert headers["Content-Security-Policy"] == POLICY, name
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "same-origin"
            assert headers["X-Frame-Options"] == "DENY"
            assert "Server" not in headers
            if not path.startswith("/assets/"):
                assert headers["Cache-Control"] == "no-store", name


def test_no_page_needs_what_the_policy_forbids(neighbourhood: Neighbourhood) -> None:
    app, known = neighbourhood.product.app, neighbourhood.cases["own team"]
    for route in routes(app):
        if route.method != "GET" or route.rule.startswith(("/api/", "/assets/", "/metrics", "/health")):
            continue
        reply = neighbourhood.visitors["lead"].knock("GET", route.path(app, known), {})
        page = reply.text if reply.mimetype == "text/html" else ""
        for forbidden in (" style=", "<style", " onclick=", " onload=", "javascript:", "<script>"):
            assert forbidden not in page, (route.name, forbidden)


@pytest.fixture
def behind_tls(furnished_sqlite: Path, tmp_path: Path) -> Iterator[Product]:
    shutil.copy(furnished_sqlite, tmp_path / "rj.sqlite")
    with Product.opened(f"sqlite:///{tmp_path / 'rj.sqlite'}", secure_cookies=True, proxies=1) as product:
        yield product


def test_the_cookie_is_bound_to_this_host_hidden_from_scripts_and_sent_over_tls_alone(behind_tls: Product) -> None:
    client = behind_tls.app.test_client()
    page = client.get("/sign-in", base_url=HTTPS)
    token = CSRF.search(page.text)
    assert token is not None
    form = {"email": "facilitator@example.org", "password": PASSWORD, "csrf_token": token[1]}
    reply = client.post("/sign-in", base_url=HTTPS, data=form, headers={"Referer": f"{HTTPS}/sign-in"})

    assert reply.status_code == 302
    for answer in (page, reply):
        (cookie,) = answer.headers.getlist("Set-Cookie")
        name, *flags = cookie.split("; ")
        assert name.startswith("__Host-rj=")
        assert set(flags) == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")


def test_over_tls_a_form_must_come_from_our_own_page(behind_tls: Product) -> None:
    client = behind_tls.app.test_client()
    token = CSRF.search(client.get("/sign-in", base_url=HTTPS).text)
    assert token is not None
    form = {"email": "facilitator@example.org", "password": PASSWORD, "csrf_token": token[1]}
    for headers in ({}, {"Referer": "https://example.net/"}):
        assert client.post("/sign-in", base_url=HTTPS, data=form, headers=headers).status_code == 400


def test_behind_a_proxy_the_browsers_own_address_counts(behind_tls: Product) -> None:
    seen = []
    behind_tls.app.before_request_funcs.setdefault(None, []).append(lambda: seen.append(_address()))
    behind_tls.app.test_client().get("/health/live", headers={"X-Forwarded-For": "198.51.100.7, 203.0.113.9"})
    assert seen == ["203.0.113.9"]


def _address() -> str | None:
    from flask import request

    return request.remote_addr


@pytest.mark.parametrize(
    ("path", "query"),
    [("/cases/%00", ""), ("/cases", "?query=%00"), ("/sign-in", "?next=%00"), ("/api/v1/cases", "?query=%00")],
)
def test_nul_is_refused_at_the_door(neighbourhood: Neighbourhood, path: str, query: str) -> None:
    assert neighbourhood.visitors["lead"].knock("GET", path + query, {}).status_code == 400
