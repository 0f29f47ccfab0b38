"""Pages as a signed-in person's browser asks for them, without a browser."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from tests.places import PASSWORD, Product

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def signed_in(product: Product, who: str) -> FlaskClient:
    """A client whose cookie is that of `<who>@example.org`."""
    client = product.app.test_client()
    form = {"email": f"{who}@example.org", "password": PASSWORD, "csrf_token": token(client.get("/sign-in").text)}
    reply = client.post("/sign-in", data=form)
    assert reply.status_code == 302, reply.text
    return client


def token(page: str) -> str:
    """The forgery token of the first form on a page."""
    found = _TOKEN.search(page)
    assert found is not None, "the page has no form of ours"
    return found[1]
