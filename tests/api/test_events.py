"""What can happen at any moment, over the API."""

from __future__ import annotations

import uuid

from rj_engine import bpmn
from tests.answers import typical
from tests.places import Product


def test_what_may_be_told_comes_with_its_form(sqlite_product: Product) -> None:
    reference = sqlite_product.do_referral("coordinator")["reference"]

    answer = sqlite_product.api("facilitator").get(f"/cases/{reference}/events")

    assert answer.status_code == 200
    told = answer.json["events"]
    assert [one["event"] for one in told] == list(bpmn.events())
    assert all(one["form"]["components"] and one["words"] and one["next"] for one in told)


def test_it_is_told_once_and_opens_what_somebody_has_to_do(sqlite_product: Product) -> None:
    reference = sqlite_product.do_referral("coordinator")["reference"]
    client = sqlite_product.api("facilitator")
    command_id = str(uuid.uuid4())
    body = {"event": "safeguarding", "answers": typical("event_safeguarding"), "command_id": command_id}

    first = client.post(f"/cases/{reference}/events", **body)
    again = client.post(f"/cases/{reference}/events", **body)

    assert first.status_code == 200
    assert [task["name"] for task in first.json["next_tasks"]] == ["Act on the worry"]
    assert again.json == first.json


def test_what_cannot_be_taken_says_why(sqlite_product: Product) -> None:
    reference = sqlite_product.do_referral("coordinator")["reference"]
    client = sqlite_product.api("facilitator")

    unknown = client.post(f"/cases/{reference}/events", event="rain", answers={})
    empty = client.post(f"/cases/{reference}/events", event="complaint", answers={})
    strange = sqlite_product.api("facilitator.west").get(f"/cases/{reference}/events")

    assert (unknown.status_code, empty.status_code, strange.status_code) == (422, 422, 404)
    assert "event_words" in empty.json["fields"]
