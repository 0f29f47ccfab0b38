"""Letters on the task page, and over the API: looked at, made, kept out of strange pages."""

from __future__ import annotations

import io
import zipfile

import pytest
from werkzeug.test import TestResponse

from tests.places import Product
from tests.security.neighbourhood import a_case
from tests.web.browsing import Browser, a_browser, words

NAME = "victim_introduction.md"


def made_by(browser: Browser, path: str, file: str) -> TestResponse:
    """The button on the page."""
    return browser.post(path, **{"as": file})


def test_the_task_page_lists_its_letters_and_each_can_be_looked_at(sqlite_product: Product) -> None:
    task = a_case(sqlite_product).task
    browser = a_browser(sqlite_product, "facilitator")
    page = browser.get(f"/tasks/{task}").text
    assert "Letters you can use here" in words(page)
    assert "I would like to talk with you" in words(page)
    assert "Not by post." in words(page)

    shown = browser.get(f"/tasks/{task}/letters/{NAME}?to=1")
    assert shown.status_code == 200
    assert shown.text.count("<h1") == 1
    assert "<h2>I would like to talk with you</h2>" in shown.text


@pytest.mark.parametrize(("file", "begins"), [("pdf", b"%PDF-"), ("docx", b"PK")])
def test_a_file_is_kept_and_not_shown_and_its_name_tells_nothing(
    sqlite_product: Product, file: str, begins: bytes
) -> None:
    known = a_case(sqlite_product)
    browser = a_browser(sqlite_product, "facilitator")
    path = f"/tasks/{known.task}/letters/{NAME}"
    reply = made_by(browser, path, file)
    assert reply.status_code == 200
    assert reply.data.startswith(begins)
    assert reply.headers["Content-Disposition"] == f'attachment; filename="letter.{file}"'
    assert "no-store" in reply.headers["Cache-Control"]
    told = words(browser.get(f"/cases/{known.reference}").text)
    assert "Letter made, to the victim: I would like to talk with you" in told


def test_who_may_not_work_the_task_may_look_and_make_nothing(sqlite_product: Product) -> None:
    task = a_case(sqlite_product).task
    browser = a_browser(sqlite_product, "coordinator")
    assert browser.get(f"/tasks/{task}/letters/{NAME}").status_code == 200
    assert made_by(browser, f"/tasks/{task}/letters/{NAME}", "pdf").status_code == 403
    assert "Look at it" in browser.get(f"/tasks/{task}").text
    assert "Make a PDF" not in browser.get(f"/tasks/{task}").text


@pytest.mark.parametrize("path", ["harmer_invitation.md", "nothing.md", f"{NAME}?to=2"])
def test_what_is_not_offered_here_is_not_there(sqlite_product: Product, path: str) -> None:
    task = a_case(sqlite_product).task
    browser = a_browser(sqlite_product, "facilitator")
    assert browser.get(f"/tasks/{task}/letters/{path}").status_code == 404
    assert made_by(browser, f"/tasks/{task}/letters/{path}", "pdf").status_code == 404


def test_an_unknown_kind_of_file_is_refused(sqlite_product: Product) -> None:
    task = a_case(sqlite_product).task
    path = f"/tasks/{task}/letters/{NAME}"
    assert made_by(a_browser(sqlite_product, "facilitator"), path, "exe").status_code == 422
    assert sqlite_product.api("facilitator").get(f"/tasks/{task}/letters/{NAME}?as=exe").status_code == 422


def test_a_program_gets_the_same_letter(sqlite_product: Product) -> None:
    task = a_case(sqlite_product).task
    api = sqlite_product.api("facilitator")
    looked = api.get(f"/tasks/{task}/letters/{NAME}")
    assert looked.mimetype == "text/html"
    assert "<h1>I would like to talk with you</h1>" in looked.text
    assert api.get(f"/tasks/{task}/letters/{NAME}?as=pdf").data.startswith(b"%PDF-")
    made = api.get(f"/tasks/{task}/letters/{NAME}?as=docx&to=1")
    assert "word/document.xml" in zipfile.ZipFile(io.BytesIO(made.data)).namelist()


def test_a_page_of_another_site_cannot_make_a_letter_in_our_name(sqlite_product: Product) -> None:
    known = a_case(sqlite_product)
    browser = a_browser(sqlite_product, "facilitator")
    path = f"/tasks/{known.task}/letters/{NAME}"
    assert browser.client.post(path, data={"as": "pdf"}).status_code == 400
    assert "Letter made" not in browser.get(f"/cases/{known.reference}").text


def test_each_press_is_noted_for_itself(sqlite_product: Product) -> None:
    known = a_case(sqlite_product)
    browser = a_browser(sqlite_product, "facilitator")
    for file in ("pdf", "docx"):
        assert made_by(browser, f"/tasks/{known.task}/letters/{NAME}", file).status_code == 200
    assert browser.get(f"/cases/{known.reference}").text.count("Letter made, to the victim") == 2
