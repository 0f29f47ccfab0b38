"""Hostile files are refused, each with a named finding; nothing of them is stored, opened or asked for."""

from __future__ import annotations

import io
from uuid import UUID

from tests.places import Product
from tests.studio import hostile
from tests.studio.drawing import MANAGER, a_draft, row
from tests.web.browsing import Browser, a_browser

CORPUS = dict(hostile.files())


def test_there_are_enough_of_them() -> None:
    assert len(CORPUS) >= 150


def test_each_is_refused_with_its_findings_and_nothing_is_stored(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)
    before = row(sqlite_product, draft).checksum
    browser = a_browser(sqlite_product, MANAGER)
    token = browser.token(f"/studio/drafts/{draft}")

    taken = [name for name, data in CORPUS.items() if not refused(browser, token, draft, name, data)]

    assert taken == []
    assert (row(sqlite_product, draft).checksum, row(sqlite_product, draft).edition) == (before, 1)


def refused(browser: Browser, token: str, draft: UUID, name: str, data: bytes) -> bool:
    """Whether the page says why, in a list."""
    sent = {"csrf_token": token, "edition": "1", "file": (io.BytesIO(data), name)}
    reply = browser.client.post(f"/studio/drafts/{draft}/import", data=sent)
    reply.request.environ["wsgi.input"].close()  # of a large one the test client has made a file
    return reply.status_code == 422 and "govuk-error-summary__list" in reply.text and "<li>" in reply.text
