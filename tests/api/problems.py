"""What a problem document must be."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

MEMBERS = ("type", "title", "status", "code", "detail")


def the_problem(reply: TestResponse, status: int, code: str) -> dict[str, Any]:
    """The RFC 9457 document of a reply, which must say `status` and `code`."""
    assert reply.status_code == status, reply.text
    assert reply.content_type == "application/problem+json"
    found: dict[str, Any] = reply.json
    assert all(found[name] for name in MEMBERS)
    assert (found["status"], found["code"], found["type"]) == (status, code, f"urn:rj-engine:problem:{code}")
    return found
