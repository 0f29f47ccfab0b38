"""A browser without a window: it signs in as people do, and sends forms with the tokens their pages gave."""

from __future__ import annotations

import html
import json
import re
import uuid
from html.parser import HTMLParser
from typing import Any

from werkzeug.test import TestResponse

from rj_engine.cases.case import find
from rj_engine.demonstration.journeys import on_the_day
from rj_engine.demonstration.telling import typical_answers
from rj_engine.workflows.beside.referrals import MakeReferral
from rj_engine.workflows.rows import Task
from rj_engine.workflows.task import desk
from tests.places import PASSWORD, Product


class Browser:
    """One person's browser."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.client = product.app.test_client()

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers=headers)

    def post(self, path: str, page: str = "/sign-in", **fields: Any) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.token(page), **fields})

    def put(self, path: str, page: str = "/sign-in", **fields: Any) -> TestResponse:
        return self.client.put(path, data={"csrf_token": self.token(page), **fields})

    def token(self, page: str) -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(page).text)
        assert found is not None, page
        return found[1]

    def sign_in(self, who: str, *, password: str = PASSWORD, then: str = "") -> TestResponse:
        path = f"/sign-in?next={then}" if then else "/sign-in"
        return self.post(path, email=f"{who}@example.org", password=password)


def a_browser(product: Product, who: str) -> Browser:
    """The browser of `who`, signed in."""
    browser = Browser(product)
    assert browser.sign_in(who).status_code == 302
    return browser


def a_case(product: Product, **answers: Any) -> str:
    """A referral by the coordinator; its reference."""
    made = product.do(MakeReferral, "coordinator", answers=typical("referral", **answers))
    return str(made["reference"])


def typical(form_id: str, **changes: Any) -> dict[str, Any]:
    """The answers of an ordinary day."""
    answers = {**typical_answers()[form_id], **changes}
    return {key: on_the_day(value) for key, value in answers.items() if value is not None}


def open_task(product: Product, reference: str) -> Task:
    """The first open task of a case."""
    session = product.session
    return desk.open_tasks(session, find(session, product.actor("lead"), reference))[0]


def posted(form_id: str, **changes: Any) -> dict[str, Any]:
    """Typical answers of a form as a browser sends them: dates in parts, ticks by presence."""
    found: dict[str, Any] = {"command_id": str(uuid.uuid4())}
    for key, value in typical(form_id, **changes).items():
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            year, month, day = value.split("-")
            found |= {f"{key}-day": day, f"{key}-month": month, f"{key}-year": year}
        elif isinstance(value, bool):
            found |= {key: "yes"} if value else {}
        elif value is not None:
            found[key] = value
    return found


def words(page: str) -> str:
    """The text of a page as a person reads it."""
    body = page[page.index("<body") :]
    bare = re.sub(r"<script.*?</script>|<[^>]+>", " ", body, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(bare))


class Scripts(HTMLParser):
    """The JSON a page holds for its scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[dict[str, Any]] = []
        self.inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag == "script" and ("type", "application/json") in attrs

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.found.append(json.loads(data))
            self.inside = False
