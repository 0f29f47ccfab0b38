"""What cannot be read, and what goes wrong: always a problem document, never half a change."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from tests.answers import typical
from tests.api.problems import the_problem
from tests.places import ApiClient, Postgres, Product

NOBODY = "00000000-0000-4000-8000-000000000000"
UNREADABLE = {
    "nothing": b"",
    "half an object": b"{",
    "a list": b"[]",
    "a text": b'"x"',
    "null": b"null",
    "not a number": b'{"command_id": NaN}',
    "infinity": b'{"answers": {"x": Infinity}}',
    "infinity in disguise": b'{"answers": {"x": 1e999}}',
    "a bottomless list": b"[" * 100_000,
    "a bottomless object": b'{"a":' * 20_000,
    "not UTF-8": b"\xff\xfe{}",
    "half a character": b'{"answers": {"x": "\\ud800"}}',
    "NUL": b'{"answers": {"x": "a\\u0000b"}}',
    "a figure of five thousand digits": b'{"answers": ' + b"9" * 5000 + b"}",
}


def send(api: ApiClient, body: bytes, kind: str = "application/json") -> object:
    return api.client.post("/api/v1/referrals", data=body, headers={**api.headers, "Content-Type": kind})


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_is_not_a_json_object_is_refused_as_malformed(sqlite_product: Product, what: str) -> None:
    api = sqlite_product.api("coordinator")
    the_problem(send(api, UNREADABLE[what]), 400, "malformed")  # type: ignore[arg-type]  # the client's own type
    assert api.get("/cases?state=all").json["cases"] == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
def test_anything_but_json_is_refused_as_such(sqlite_product: Product, kind: str) -> None:
    reply = send(sqlite_product.api("coordinator"), b"{}", kind)
    the_problem(reply, 415, "not_json")  # type: ignore[arg-type]  # the client's own type


def test_too_much_is_refused_before_it_is_read(sqlite_product: Product) -> None:
    reply = send(sqlite_product.api("coordinator"), b'{"x": "' + b"a" * 3_000_000 + b'"}')
    the_problem(reply, 413, "too_large")  # type: ignore[arg-type]  # the client's own type


def test_emoji_and_backslashes_are_words_like_any(product: Product) -> None:
    words = "\U0001f600 \\u0000 «ça» \u202e"
    made = product.api("coordinator").post("/referrals", answers=typical("referral", what_happened=words))
    assert made.status_code == 201, made.text


@pytest.mark.parametrize("body", [{}, {"command_id": "x", "answers": {}}, {"answers": []}, {"command_id": NOBODY}])
def test_a_body_of_another_shape_is_told_field_by_field(sqlite_product: Product, body: dict[str, object]) -> None:
    api = sqlite_product.api("coordinator")
    reply = api.client.post("/api/v1/referrals", json=body, headers=dict(api.headers))
    problem = the_problem(reply, 422, "invalid_answers")
    assert set(problem["fields"]) <= {"command_id", "answers"}
    assert problem["fields"]


def test_what_nobody_asked_for_is_refused(sqlite_product: Product) -> None:
    api = sqlite_product.api("coordinator")
    problem = the_problem(api.post("/referrals", answers=typical("referral"), team_id=NOBODY), 422, "invalid_answers")
    assert problem["fields"].keys() == {"team_id"}


CURSORS = ["zzz", "2026-01-01T00:00:00|" + NOBODY, "9999-12-31T23:59:59-12:00|" + NOBODY, "2026-01-01T00:00:00Z|x"]


@pytest.mark.parametrize("told", CURSORS)
def test_a_made_up_place_in_the_inbox_is_refused(product: Product, told: str) -> None:
    cursor = base64.urlsafe_b64encode(told.encode()).decode()
    the_problem(product.api("lead").get(f"/tasks?cursor={cursor}"), 422, "no_such_page")


@pytest.mark.parametrize(
    "path", ["/nothing", "/tasks/not-an-id", f"/tasks/{NOBODY}", "/cases/EC-ZZZZZZ", "/cases/\U0001f600", "/"]
)
def test_what_is_not_there_is_not_found_whatever_it_would_have_been(product: Product, path: str) -> None:
    problem = the_problem(product.api("lead").get(path), 404, "not_found")
    assert problem["detail"] == "There is nothing here that you may see."


def test_an_unknown_address_is_not_found_before_anybody_asks_who(sqlite_product: Product) -> None:
    client = sqlite_product.app.test_client()
    the_problem(client.get("/api/v1/nothing"), 404, "not_found")
    the_problem(client.get("/api/v2/tasks"), 404, "not_found")


@pytest.mark.parametrize(
    ("method", "path"), [("DELETE", "/tasks"), ("POST", "/cases"), ("GET", "/referrals"), ("TRACE", "/tasks")]
)
def test_a_wrong_method_is_told_which_ones_there_are(sqlite_product: Product, method: str, path: str) -> None:
    api = sqlite_product.api("lead")
    reply = api.client.open(f"/api/v1{path}", method=method, headers=dict(api.headers))
    the_problem(reply, 405, "method_not_allowed")
    assert reply.headers["Allow"]


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic abc", "bearer"])
def test_without_a_valid_token_nothing_opens(sqlite_product: Product, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    reply = sqlite_product.app.test_client().get("/api/v1/tasks", headers=headers)
    the_problem(reply, 401, "token_refused")
    assert reply.headers["WWW-Authenticate"] == "Bearer"


def test_who_may_not_is_told_so_whether_or_not_it_exists(sqlite_product: Product) -> None:
    task = sqlite_product.do_referral("coordinator")["next_tasks"][0]["id"]
    administrator = sqlite_product.api("administrator")
    replies = [administrator.get(f"/tasks/{identity}") for identity in (task, NOBODY)]
    assert replies[0].json == replies[1].json == the_problem(replies[0], 403, "not_allowed")


@contextmanager
def away(postgres: Postgres, url: str) -> Iterator[None]:
    """The database answers nobody."""
    name = url.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(postgres.uri, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')  # type: ignore[arg-type]  # our own name
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        try:
            yield
        finally:
            connection.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')  # type: ignore[arg-type]  # as above


def test_while_the_database_is_away_the_caller_is_told_to_come_back(
    postgres: Postgres, furnished_postgres: str
) -> None:
    url = postgres.create(f"away_{uuid.uuid4().hex}", template=furnished_postgres)
    with Product.opened(url) as product:
        task = product.do_referral("coordinator")["next_tasks"][0]["id"]
        api = product.api("coordinator")
        asked = {
            "look": lambda: api.get("/tasks"),
            "finish": lambda: api.post(f"/tasks/{task}/complete", answers=typical("safety_screen")),
        }
        with away(postgres, url):
            for ask in asked.values():
                reply = ask()
                the_problem(reply, 503, "database_away")
                assert reply.headers["Retry-After"] == "5"
        assert {name: ask().status_code for name, ask in asked.items()} == {"look": 200, "finish": 200}
