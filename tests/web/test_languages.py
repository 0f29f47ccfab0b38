"""Pages in the language of whoever reads them, and catalogues that hold every marked text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from babel.messages.catalog import Message

from rj_engine import clock
from rj_engine.errors import worded
from rj_engine.ledger import LedgerEntry
from rj_engine.people import languages
from rj_engine.people.languages import LANGUAGES, ChooseLanguage, NoSuchLanguage
from rj_engine.web.page import words
from rj_engine.web.page.languages import in_language
from tests.places import Product
from tests.web import catalogue
from tests.web.browsing import Browser, a_browser, a_case, open_task

NOT_APPROVED = "Drafft: nid yw'r cyfieithiad hwn wedi'i gymeradwyo"
OTHERS = [code for code in LANGUAGES if code != languages.ENGLISH]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%%|%")
PART = re.compile(r"""\{%-? *(?:extends|include|from) "([^"]+)\"""")
TEMPLATES = catalogue.WEB / "templates"
WHOLE = ("people/me.html", "sign_in/form.html", "sign_in/nothing_yet.html")
"""Pages in which no English word is left."""
MOSTLY = (
    "cases/list.html",
    "documents/list.html",
    "errors/page.html",
    "errors/signed_out.html",
    "home/home.html",
    "inbox/queue.html",
    "notices/list.html",
    "refer/form.html",
    "search/results.html",
    "tasks/amend.html",
    "tasks/check.html",
    "tasks/finished.html",
    "tasks/task.html",
)
"""Pages in another language but for what forms, pathways and people say, and for a text or two that are new."""
ENOUGH = {True: 1.0, False: 0.9}
NOON = datetime(2026, 6, 10, 11, 0, tzinfo=UTC)


@pytest.fixture(autouse=True, scope="module")
def _written_anew_where_asked_for() -> None:
    catalogue.rewrite(OTHERS)


def in_welsh(product: Product, who: str) -> Browser:
    """The browser of somebody who has chosen Welsh."""
    mine = a_browser(product, who)
    assert mine.post("/people/me/language", page="/people/me", language="cy").status_code == 302
    return mine


def plain(page: str) -> str:
    return page.replace("&#39;", "'")


def test_whoever_chooses_welsh_has_welsh_pages_and_nobody_else_has(product: Product) -> None:
    mine, theirs = in_welsh(product, "facilitator"), a_browser(product, "lead")

    page = plain(mine.get("/people/me").text)
    assert '<html lang="cy"' in page
    assert "Eich cyfrif" in page
    assert "Hafan" in page
    assert "Allgofnodi" in page
    assert NOT_APPROVED in page
    assert 'value="cy" checked' in page
    assert '<html lang="en"' in theirs.get("/people/me").text

    mine.post("/people/me/language", page="/people/me", language="en")
    page = plain(mine.get("/people/me").text)
    assert "Your account" in page
    assert NOT_APPROVED not in page


def test_a_choice_is_kept_over_sign_in_and_stands_in_the_record(product: Product) -> None:
    in_welsh(product, "facilitator")

    assert "Hafan" in a_browser(product, "facilitator").get("/").text
    assert languages.of(product.session, product.actor("facilitator").id) == "cy"
    assert languages.of(product.session, product.actor("lead").id) == "en"
    assert product.session.query(LedgerEntry).filter_by(tag="staff:language:chosen").count() == 1


def test_a_language_that_there_is_not_is_refused(product: Product) -> None:
    with pytest.raises(NoSuchLanguage):
        product.do(ChooseLanguage, "facilitator", language="xx")
    assert languages.of(product.session, product.actor("facilitator").id) == "en"


@pytest.mark.parametrize(
    ("asked", "given"), [("cy", "cy"), ("cy-GB, en;q=0.5", "cy"), ("en-GB, cy;q=0.5", "en"), ("fr", "en"), ("", "en")]
)
def test_a_strangers_page_is_in_the_language_that_their_browser_asks_for(
    sqlite_product: Product, asked: str, given: str
) -> None:
    page = Browser(sqlite_product).get("/sign-in", **{"Accept-Language": asked}).text

    assert f'<html lang="{given}"' in page
    assert ("Mewngofnodi" in page) == (given == "cy")


def test_what_a_browser_asks_for_does_not_change_a_colleagues_own_choice(sqlite_product: Product) -> None:
    assert '<html lang="en"' in a_browser(sqlite_product, "lead").get("/", **{"Accept-Language": "cy"}).text


def test_what_is_not_translated_is_marked_as_english(sqlite_product: Product) -> None:
    task = open_task(sqlite_product, a_case(sqlite_product))
    mine = in_welsh(sqlite_product, "coordinator")

    listed, page, decisions = mine.get("/tasks?queue=team"), mine.get(f"/tasks/{task.id}"), mine.get("/decisions")
    for welsh in (listed, page):
        assert re.search(r'<main class="govuk-main-wrapper" id="main">', welsh.text)
    assert re.search(rf'href="/tasks/{task.id}" lang="en">', listed.text)
    assert re.search(r'<h1 class="govuk-heading-l" lang="en">', page.text)
    assert 'id="main" lang="en">' in decisions.text
    assert "Gorffen y dasg hon" in page.text


@pytest.mark.parametrize(("language", "said"), [("en", "Page not found"), ("cy", "Heb ganfod y dudalen")])
def test_a_refusal_is_said_in_the_language_of_the_page(sqlite_product: Product, language: str, said: str) -> None:
    mine = a_browser(sqlite_product, "facilitator")
    mine.post("/people/me/language", page="/people/me", language=language)

    page = mine.get("/cases/RJ-NOSUCH")
    assert page.status_code == 404
    assert said in page.text


def test_a_sentence_from_below_is_translated_with_what_was_put_into_it(sqlite_product: Product) -> None:
    saved = worded("“%(name)s” was saved. It is not finished yet.", name="Agree")

    assert saved == "“Agree” was saved. It is not finished yet."
    with sqlite_product.app.test_request_context(headers={"Accept-Language": "cy"}):
        assert in_language(saved) == "Cadwyd “Agree”. Nid yw wedi'i gorffen eto."
        assert in_language("A colleague has this task.") == "Mae'r dasg hon gan gydweithiwr."
        assert in_language("No catalogue holds this.") == "No catalogue holds this."
        assert in_language("") == ""


def test_a_stranger_chooses_a_language_by_a_link_that_is_kept_and_says_nothing_of_them(sqlite_product: Product) -> None:
    stranger = Browser(sqlite_product)
    page = stranger.get("/sign-in?next=/cases")
    assert 'href="/sign-in?next=/cases&amp;lang=cy"' in page.text
    assert page.headers["Content-Language"] == "en"

    welsh = stranger.get("/sign-in?next=/cases&lang=cy")
    assert '<html lang="cy"' in welsh.text
    assert welsh.headers["Content-Language"] == "cy"
    assert welsh.headers["Set-Cookie"].startswith("language=cy;")
    assert "HttpOnly" in welsh.headers["Set-Cookie"]
    assert '<html lang="cy"' in stranger.get("/sign-in").text
    assert '<html lang="en"' in stranger.get("/sign-in?lang=en").text
    assert '<html lang="en"' in stranger.get("/sign-in", **{"Accept-Language": "cy"}).text


def test_a_strangers_choice_changes_nobodys_own(sqlite_product: Product) -> None:
    mine = a_browser(sqlite_product, "lead")

    answer = mine.get("/?lang=cy")
    assert '<html lang="en"' in answer.text
    assert "language=" not in answer.headers.get("Set-Cookie", "")


def test_an_english_page_says_nothing_of_translations(sqlite_product: Product) -> None:
    page = plain(a_browser(sqlite_product, "coordinator").get("/tasks").text)

    assert NOT_APPROVED not in page
    assert '<main class="govuk-main-wrapper" id="main">' in page


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (timedelta(hours=2), "Heddiw"),
        (timedelta(days=1), "Yfory"),
        (timedelta(days=3), "13 Mehefin 2026"),
        (-timedelta(hours=1), "Heddiw am 11:00yb (yn hwyr)"),
        (-timedelta(days=2), "8 Mehefin 2026 (2 ddiwrnod yn hwyr)"),
        (-timedelta(days=12), "29 Mai 2026 (12 diwrnod yn hwyr)"),
    ],
)
def test_days_are_said_in_the_language_of_the_page(sqlite_product: Product, ahead: timedelta, said: str) -> None:
    with sqlite_product.app.test_request_context(headers={"Accept-Language": "cy"}), clock.at(NOON):
        assert words.due(NOON + ahead) == said
        assert words.moment(NOON + timedelta(hours=4)) == "10 Mehefin 2026 am 4:00yh"


def test_programs_are_told_in_english_whatever_they_ask_for(sqlite_product: Product) -> None:
    with sqlite_product.app.test_request_context("/api/v1/tasks", headers={"Accept-Language": "cy"}):
        assert words.day(NOON) == "10 June 2026"


def test_the_template_holds_exactly_the_texts_that_are_marked() -> None:
    marked, kept = catalogue.messages(catalogue.extracted()), catalogue.messages(catalogue.read(catalogue.POT))

    assert len(marked) > 150
    assert kept == marked, f"read the difference, then: {catalogue.HOW}"


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_holds_every_message_and_keeps_its_placeholders(language: str) -> None:
    mine = catalogue.read(catalogue.po(language))

    assert catalogue.messages(mine) == catalogue.messages(catalogue.read(catalogue.POT)), catalogue.HOW
    assert [told for each in mine if each.id for told in unlike(each)] == []
    assert [each.id for each in mine if each.id and each.fuzzy] == []


def unlike(message: Message) -> list[str]:
    """Translations whose placeholders, edges or markup are not those of the English."""
    wanted = sorted(PLACEHOLDER.findall(catalogue.english(message)[-1]))
    edges = message.id != "" and any(english != english.strip() for english in catalogue.english(message))
    return [
        form
        for form in catalogue.said(message)
        if sorted(PLACEHOLDER.findall(form)) != wanted
        or (form != form.strip()) != edges
        or set(form) & set('<>"&')  # texts stand in attributes too, and are taken as they are
    ]


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_loaded_is_what_the_catalogue_says(language: str) -> None:
    path = catalogue.po(language)

    assert catalogue.loaded(path.with_suffix(".mo").read_bytes()) == catalogue.loaded(
        catalogue.compiled(catalogue.read(path))
    ), catalogue.HOW


@pytest.mark.parametrize("language", OTHERS)
def test_a_page_that_says_it_is_in_another_language_is(language: str) -> None:
    told: dict[str, list[bool]] = {}
    for each in catalogue.read(catalogue.po(language)):
        for place, _ in each.locations if each.id else ():
            told.setdefault(place.removeprefix("templates/"), []).append(bool(catalogue.said(each)))
    shares = {}
    for name in (*WHOLE, *MOSTLY):
        texts = [one for part in set(with_its_parts(name)) for one in told.get(part, [])]
        shares[name] = sum(texts) / len(texts)

    assert {name: share for name, share in shares.items() if share < ENOUGH[name in WHOLE]} == {}
    assert {*WHOLE, *MOSTLY} == {
        path.relative_to(TEMPLATES).as_posix()
        for path in TEMPLATES.rglob("*.html")
        if "{% block written_in %}{% endblock %}" in path.read_text(encoding="utf-8")
    }


def with_its_parts(name: str) -> Iterator[str]:
    """A template, and what it extends, includes or takes macros from."""
    yield name
    for part in PART.findall((TEMPLATES / name).read_text(encoding="utf-8")):
        if (TEMPLATES / part).exists():
            yield from with_its_parts(part)
