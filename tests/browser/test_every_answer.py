"""Every page that only something sent brings up: without barriers, at a desk and on a telephone."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import before_render_template
from playwright.sync_api import Browser, Page, Response

from tests.browser import answered
from tests.browser.answered import Sent
from tests.browser.conftest import served
from tests.browser.test_every_page import House, seen_now
from tests.browser.visiting import Visit
from tests.places import Product
from tests.web.browsing import posted

pytestmark = pytest.mark.browser
SEND = """([path, fields, file, token]) => {
  const made = (tag, how) => Object.assign(document.createElement(tag), how);
  const form = made("form", {method: "post", action: path, enctype: "multipart/form-data"});
  const put = (name, value) => form.append(made("input", {type: "hidden", name, value}));
  for (const [name, values] of Object.entries(fields)) [values].flat().forEach((value) => put(name, value));
  if (token) put("csrf_token", document.querySelector("[name=csrf_token]").value);
  if (file) {
    const bytes = Uint8Array.from(atob(file[1]), (each) => each.charCodeAt(0)), held = new DataTransfer();
    held.items.add(new File([bytes], "a.bin"));
    const input = made("input", {type: "file", name: file[0]});
    form.append(input);
    input.files = held.files;
  }
  document.body.append(form);
  form.submit();
}"""
"""Sends a form as a page of ours would."""


@pytest.fixture(scope="module")
def house(furnished_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for all: what is sent here is refused, looked at or asked about, and so changes nothing."""
    path = tmp_path_factory.mktemp("every-answer") / "rj.sqlite"
    shutil.copy(furnished_sqlite, path)
    with Product.opened(f"sqlite:///{path}") as product:
        known = answered.furnished(product)
        with served(product) as address:
            yield House(product, address, known)


@pytest.mark.parametrize("who", answered.ANSWERED)
def test_every_answer_is_without_barriers_wide_and_narrow(chromium: Browser, house: House, who: str) -> None:
    found: dict[str, list[str]] = {}
    with Visit.opened(chromium, house.address, house.product) as visit:
        if who:
            visit.sign_in(who)
            visit.page.wait_for_url(lambda url: "/sign-in" not in url)
        for each in answered.ANSWERED[who]:
            name = f"{each.path} {each.status} {each.template}"
            found[name] = wrong(visit, house, each)
    assert {name: each for name, each in found.items() if each} == {}


def wrong(visit: Visit, house: House, each: Sent) -> list[str]:
    """What is wrong with the page that answers; that it is another one, first of all."""
    shown: list[str] = []

    def note(sender: object, template: Any, context: Mapping[str, Any], **more: object) -> None:
        del sender, context, more
        shown.append(template.name)

    with before_render_template.connected_to(note, house.product.app):
        answer = send(visit, house.known, each)
    if (answer.status, shown[-1:]) != (each.status, [each.template]):
        return [f"{answer.status} {shown}: {visit.page.get_by_role('heading', level=1).all_inner_texts()}"]
    return seen_now(visit, f"answer-{each.template.removesuffix('.html')}-{each.status}")


def send(visit: Visit, known: Mapping[str, object], each: Sent) -> Response:
    """Send it from a page that has a token."""
    page: Page = visit.page
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(visit.address + "/sign-in")
    fields = {name: _filled(value, known) for name, value in each.fields.items()}
    fields |= posted(str(known[each.answers])) if each.answers else {}
    file = (each.file[0], base64.b64encode(each.file[1]).decode()) if each.file else None
    with page.expect_navigation() as came:
        page.evaluate(SEND, [each.path.format_map(known), fields, file, not each.forged])
    return came.value


def _filled(value: Any, known: Mapping[str, object]) -> Any:
    return value.format_map(known) if isinstance(value, str) and value.startswith("{") else value
