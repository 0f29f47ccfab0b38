"""Prisons as data: the list of places, the ladder and the reasons, each against its schema and the forms."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from rj_engine import bpmn
from rj_engine.prisons import reference

WHOSE = {"prison", "rehub", "probation", "us", "victim", "harmer", "court", "not_known"}
LETTERS = sorted(name for name in bpmn.letters() if name.startswith("prison_"))


def asked(form: str, key: str) -> dict[str, Any]:
    return next(part for part in json.loads(bpmn.forms()[form])["components"] if part.get("key") == key)


def offered(form: str, key: str) -> dict[str, str]:
    return {option["value"]: option["label"] for option in asked(form, key)["values"]}


def test_every_place_has_a_code_and_says_whether_somebody_has_confirmed_it() -> None:
    places = reference.establishments()

    assert len(places) == 129
    assert sum(each.confirmed for each in places.values()) == 61
    assert all(each.code and each.name for each in places.values())
    assert not next(each for each in places.values() if "Millsike" in each.name).confirmed


def test_a_place_that_is_closed_takes_no_requests() -> None:
    dartmoor = next(each for each in reference.establishments().values() if "Dartmoor" in each.name)

    assert not dartmoor.takes_requests
    assert not dartmoor.confirmed


def test_the_places_of_kent_and_medway_are_known() -> None:
    names = " ".join(each.name for each in reference.establishments().values() if each.local)

    for place in (
        "Cookham Wood",
        "East Sutton Park",
        "Elmley",
        "Maidstone",
        "Rochester",
        "Standford Hill",
        "Swaleside",
    ):
        assert place in names


def test_the_form_offers_every_place_and_two_ways_out_of_the_list() -> None:
    places = {each.code: each.name for each in reference.establishments().values()}

    assert offered("prison_place", "prison_code") == {
        **places,
        "other": "A place that is not in this list",
        "not_known": "Not known",
    }


@pytest.mark.parametrize(
    ("form", "key"),
    [
        ("prison_reply", "prison_reason_code"),
        ("prison_chase", "chase_reason_code"),
        ("prison_review", "review_reason_code"),
        ("prison_clearances", "clearance_reason_code"),
        ("prison_booking", "booking_reason_code"),
    ],
)
def test_every_reason_can_be_given_wherever_a_reason_is_asked(form: str, key: str) -> None:
    known = {code: reason.label for code, reason in reference.reasons().items()}

    assert {value: label for value, label in offered(form, key).items() if value in known} == known
    assert offered(form, key).keys() - known.keys() in ({"not_given"}, {"not_known"})


def test_every_reason_says_whose_delay_it_is() -> None:
    assert len(reference.reasons()) == 26
    assert {reason.whose_delay for reason in reference.reasons().values()} <= WHOSE
    assert reference.whose_delay("prisoner_refused") == "harmer"
    assert reference.whose_delay("wrong_contact") == "us"
    assert reference.whose_delay("other") == reference.whose_delay(None) == reference.whose_delay("x") == "not_known"


def test_a_rung_that_is_out_of_order_or_names_nobody_is_refused() -> None:
    ladder = {"status": "draft", "delivery_check_day": 2, "rungs": [{"day": 5}], "after_last": {"every": 0}}

    assert {finding.element for finding in bpmn.misfits("ladder", ladder)} == {
        "$.rungs[0]",
        "$.after_last",
        "$.after_last.every",
    }


def test_the_next_rung_is_the_first_after_a_day() -> None:
    assert [rung.day for day in (0, 4, 5, 59) if (rung := reference.next_rung(day))] == [5, 5, 10, 60]
    assert reference.next_rung(60) is None


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_to_a_prison_holds_no_place_for_the_victims_data(name: str) -> None:
    placeholders = set(re.findall(r"{[{%][^}]*?\b([a-z]+_?[a-z_]*)", bpmn.letters()[name].decode()))

    assert not [one for one in placeholders if one.startswith(("victim", "supporter"))]


def test_the_report_to_the_commissioner_names_no_person_and_no_place() -> None:
    text = bpmn.letters()["prison_chase_40.md"].decode()

    assert not set(re.findall(r"{{\s*(\w+)", text)) & {"harmer_name", "prisoner_number", "prison_name", "addressee"}


def test_what_says_where_somebody_is_held_is_marked_as_restricted_on_every_form() -> None:
    for form, key in (
        ("prison_place", "prison_code"),
        ("prison_place", "prison_other"),
        ("prison_place", "prisoner_number"),
        ("prison_place", "place_words"),
        ("prison_request", "request_contact"),
        ("prison_delivery", "delivery_contact"),
        ("prison_reply", "redirected_contact"),
        ("prison_booking", "booking_room"),
        ("prison_booking", "booking_reference"),
    ):
        assert asked(form, key)["properties"]["kind"] == "restricted", (form, key)


def test_no_words_for_the_victim_can_name_a_prison() -> None:
    names = {each.name.split()[-1] for each in reference.establishments().values()}
    for part in ("prison_permission", "prison_request", "prison_ladder", "prison_handback"):
        for text in re.findall(r'name="victim_text" value="([^"]*)"', bpmn.pathways()[part].decode()):
            assert not names & set(re.findall(r"\w+", text)), text


def test_no_letter_to_anybody_else_has_a_place_for_where_somebody_is_held() -> None:
    for name in bpmn.letters().keys() - set(LETTERS):
        placeholders = set(re.findall(r"{{\s*(\w+)", bpmn.letters()[name].decode()))
        assert not placeholders & {"prison_name", "prisoner_number", "establishment", "custody"}, name


def test_every_route_that_the_decision_knows_has_words() -> None:
    [told] = set(re.findall(r'<text>("rehub_first", [^<]*)</text>', bpmn.decisions()["prison_route"].decode()))

    assert set(reference.ROUTES) - {""} == set(re.findall(r"[a-z_]+", told))
