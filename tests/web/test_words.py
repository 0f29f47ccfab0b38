"""Days, moments, guidance and the timeline as people read them."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rj_engine import clock
from rj_engine.web.case.timeline import SENTENCES, _sentence
from rj_engine.web.page import assets, words
from rj_engine.web.page.guidance import filled, safe_html
from tests.places import Product
from tests.web.browsing import Browser

NOON = datetime(2026, 6, 10, 11, 0, tzinfo=UTC)


def test_moments_are_said_in_london_time() -> None:
    assert words.moment(datetime(2026, 6, 1, 23, 5, tzinfo=UTC)) == "2 June 2026 at 12:05am"
    assert words.moment(datetime(2026, 12, 1, 15, 5, tzinfo=UTC)) == "1 December 2026 at 3:05pm"
    assert words.moment(None) == words.day(None) == ""


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (timedelta(hours=2), "Today"),
        (timedelta(days=1), "Tomorrow"),
        (timedelta(days=3), "13 June 2026"),
        (-timedelta(hours=1), "Today at 11:00am (late)"),
        (-timedelta(days=1), "9 June 2026 (1 day late)"),
        (-timedelta(days=12), "29 May 2026 (12 days late)"),
    ],
)
def test_a_due_date_says_how_soon_or_how_late(ahead: timedelta, said: str) -> None:
    with clock.at(NOON):
        assert words.due(NOON + ahead) == said


def test_keys_are_said_as_words() -> None:
    assert words.phrase("needs_more_time") == "Needs more time"
    assert words.phrase(None) == ""
    assert words.lane("lead") == "RJ lead"
    assert words.lane("no_such_lane") == "No such lane"


def test_guidance_holds_no_markup_but_its_own() -> None:
    page = safe_html("# Ask\n\n<script>x</script> [a](javascript:x) [b](https://example.org) ![c](https://x/y.png)")

    assert '<h2 class="govuk-heading-m">Ask</h2>' in page
    assert "<script" not in page
    assert "javascript" not in page
    assert "<img" not in page
    assert '<a class="govuk-link" href="https://example.org">b</a>' in page


def test_what_is_filled_into_guidance_is_taken_literally() -> None:
    text = filled("Call {{ name }}{{unknown}}, {{ agreed }}.", {"name": "*Sam* <b>", "agreed": True})

    assert str(safe_html(text)) == '<p class="govuk-body">Call *Sam* &lt;b&gt;, yes.</p>'


def test_the_timeline_speaks_in_sentences_even_of_what_it_does_not_know() -> None:
    assert _sentence(
        "case:consent:recorded", {"party": "victim", "scopes": ["contact_harmer"], "expires_on": "2026-09-01"}
    ) == ("Consent of the victim recorded: contact harmer, until 1 September 2026")
    assert _sentence("case:something:new", {}) == "Something new"
    assert all(_sentence(tag, {}) for tag in SENTENCES)


def test_the_bundles_are_those_of_the_manifest() -> None:
    sums = json.loads((assets.FOLDER / "MANIFEST.json").read_text(encoding="utf-8"))["sha256"]
    present = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in assets.FOLDER.iterdir()}

    assert {name: digest for name, digest in present.items() if name != "MANIFEST.json"} == sums


def test_bundles_are_cached_for_ever_and_nothing_else_is_served(sqlite_product: Product) -> None:
    browser = Browser(sqlite_product)
    name = assets.entries()["site.css"]

    small = browser.get(f"/assets/{name}", **{"Accept-Encoding": "gzip"})
    assert small.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert small.headers["Content-Encoding"] == "gzip"
    assert len(small.data) < 30_000
    assert browser.get(f"/assets/{name}").data == (assets.FOLDER / name).read_bytes()
    assert browser.get("/assets/MANIFEST.json").status_code == 404
    assert browser.get("/assets/../settings.py").status_code == 404


def test_the_bundles_are_built_from_their_sources() -> None:
    frontend = Path(assets.__file__).parents[1] / "frontend"
    if shutil.which("node") is None or not (frontend / "node_modules").is_dir():
        pytest.skip("node and the packages of rj_engine/web/frontend are needed: run make assets first")

    built = subprocess.run(["node", "build.js", "--check"], cwd=frontend, capture_output=True, text=True, check=False)

    assert built.returncode == 0, built.stderr


def test_the_lock_of_the_frontend_records_no_addresses() -> None:
    lock = json.loads((Path(assets.__file__).parents[1] / "frontend" / "package-lock.json").read_text(encoding="utf-8"))

    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in lock["packages"].items() if name)
