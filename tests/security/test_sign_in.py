"""Who gets in, for how long, and how fast nobody may guess."""

from __future__ import annotations

import statistics
import time
from datetime import timedelta

import pytest
from sqlalchemy import inspect, select, text, update

from rj_engine import clock
from rj_engine.people.passwords import PasswordTooShort, hashed
from rj_engine.people.sign_in import SignedIn
from rj_engine.people.staff import Staff
from tests.places import PASSWORD, Product
from tests.security.neighbourhood import Visitor, csrf_of, dismiss, keep, sign_in


def secret(visitor: Visitor) -> str:
    cookie = visitor.client.get_cookie("rj")
    assert cookie is not None
    return str(cookie.value)


def attempt(product: Product, who: str, password: str, address: str = "127.0.0.1") -> int:
    client = product.app.test_client()
    form = {"email": f"{who}@example.org", "password": password, "csrf_token": csrf_of(client)}
    return client.post("/sign-in", data=form, environ_base={"REMOTE_ADDR": address}).status_code


def test_signing_in_makes_a_new_secret_each_time_and_takes_none_from_before(sqlite_product: Product) -> None:
    client = sqlite_product.app.test_client()
    token = csrf_of(client)
    planted = client.get_cookie("rj").value
    form = {"email": "facilitator@example.org", "password": PASSWORD, "csrf_token": token}
    client.post("/sign-in", data=form)
    first = client.get_cookie("rj").value

    thief = sqlite_product.app.test_client()
    thief.set_cookie("rj", planted)
    assert thief.get("/tasks").status_code == 302
    assert client.get("/tasks").status_code == 200

    client.post("/sign-in", data={**form, "csrf_token": csrf_of(client)})
    assert len({planted, first, client.get_cookie("rj").value}) == 3
    rows = sqlite_product.session.scalars(select(SignedIn.secret_hash)).all()
    assert len(set(rows)) == len(rows) == 2


def test_signing_out_ends_every_copy_and_every_other_browser(sqlite_product: Product) -> None:
    here, elsewhere = sign_in(sqlite_product, "facilitator"), sign_in(sqlite_product, "facilitator")
    copy = sqlite_product.app.test_client()
    copy.set_cookie("rj", secret(here))

    assert here.knock("POST", "/sign-out", {}).status_code == 302

    assert [client.get("/tasks").status_code for client in (here.client, elsewhere.client, copy)] == [302] * 3


def test_a_dismissed_colleague_is_out_at_their_next_request(sqlite_product: Product) -> None:
    visitor, api = sign_in(sqlite_product, "facilitator"), sqlite_product.api("facilitator")
    assert (visitor.client.get("/tasks").status_code, api.get("/tasks").status_code) == (200, 200)

    dismiss(sqlite_product, "facilitator")

    assert (visitor.client.get("/tasks").status_code, api.get("/tasks").status_code) == (302, 401)
    assert attempt(sqlite_product, "facilitator", PASSWORD) == 401


def test_a_role_taken_away_is_gone_at_the_next_request(sqlite_product: Product) -> None:
    visitor, api = sign_in(sqlite_product, "facilitator"), sqlite_product.api("facilitator")
    where = update(Staff).where(Staff.email == "facilitator@example.org")
    sqlite_product.session.execute(where.values(roles=["commissioner"]))
    keep(sqlite_product)

    assert (visitor.client.get("/tasks").status_code, api.get("/tasks").status_code) == (403, 403)


@pytest.mark.parametrize(("minutes", "status"), [(14, 200), (16, 302)])
def test_an_unused_sign_in_ends_after_a_quarter_of_an_hour(sqlite_product: Product, minutes: int, status: int) -> None:
    start = clock.now()
    with clock.at(start):
        visitor = sign_in(sqlite_product, "facilitator")
    with clock.at(start + timedelta(minutes=minutes)):
        assert visitor.client.get("/tasks").status_code == status


def test_a_sign_in_in_use_ends_after_ten_hours(sqlite_product: Product) -> None:
    start = clock.now()
    with clock.at(start):
        visitor = sign_in(sqlite_product, "facilitator")
    answers = {}
    for minutes in range(10, 611, 10):
        with clock.at(start + timedelta(minutes=minutes)):
            answers[minutes] = visitor.client.get("/tasks").status_code
    assert {minutes for minutes, status in answers.items() if status == 200} == set(range(10, 601, 10))


def test_one_account_is_guessed_at_ten_times_in_five_minutes_from_anywhere(sqlite_product: Product) -> None:
    tries = [attempt(sqlite_product, "facilitator", f"guess {n}", f"198.51.100.{n}") for n in range(11)]

    assert tries == [401] * 10 + [429]
    assert attempt(sqlite_product, "coordinator", PASSWORD) == 302


def test_one_address_guesses_fifty_times_in_five_minutes_at_any_account(sqlite_product: Product) -> None:
    tries = [attempt(sqlite_product, f"somebody{n}", "guess", "203.0.113.9") for n in range(51)]

    assert tries == [401] * 50 + [429]
    assert attempt(sqlite_product, "coordinator", PASSWORD, "203.0.113.10") == 302


def test_tokens_are_guessed_at_fifty_times_and_those_with_a_valid_one_are_not_held_up(sqlite_product: Product) -> None:
    client = sqlite_product.app.test_client()
    bad = {"Authorization": "Bearer no-such-token"}
    replies = [client.get("/api/v1/tasks", headers=bad) for _ in range(51)]

    assert [reply.status_code for reply in replies] == [401] * 50 + [429]
    assert replies[-1].content_type == "application/problem+json"
    assert replies[-1].json["code"] == "too_many_requests"
    assert int(replies[-1].headers["Retry-After"]) == 300
    assert sqlite_product.api("coordinator").get("/tasks").status_code == 200


def test_an_unknown_address_takes_as_long_as_a_wrong_password(sqlite_product: Product) -> None:
    took = {"facilitator": [], "nobody": []}
    for n in range(12):
        for who, times in took.items():
            began = time.perf_counter()
            attempt(sqlite_product, who if n < 9 else f"{who}{n}", "guess", f"198.51.100.{n}")
            times.append(time.perf_counter() - began)
    known, unknown = (statistics.median(times) for times in took.values())
    assert 0.5 < known / unknown < 2


def test_short_passwords_are_refused_and_managers_need_longer_ones() -> None:
    for password, roles in (("eleven-long", ()), ("twelve-long!", ("lead",)), ("fourteen-long!", ("administrator",))):
        with pytest.raises(PasswordTooShort):
            hashed(password, frozenset(roles))
    assert hashed("twelve-long!", frozenset({"facilitator"})).startswith("$argon2id$")


def test_the_database_holds_neither_password_nor_secret_nor_token(sqlite_product: Product) -> None:
    visitor, token = sign_in(sqlite_product, "facilitator"), sqlite_product.token("facilitator")
    with sqlite_product.app.test_request_context(headers={"Cookie": f"rj={secret(visitor)}"}) as context:
        inside = context.session["_user_id"]
    everything = _dump(sqlite_product)

    assert "facilitator@example.org" in everything
    for hidden in (PASSWORD, token, secret(visitor), inside):
        assert hidden not in everything


def _dump(product: Product) -> str:
    session = product.session
    tables = inspect(session.connection()).get_table_names()
    return "".join(str(row) for table in tables for row in session.execute(text(f'SELECT * FROM "{table}"')))  # noqa: S608 - our own names
