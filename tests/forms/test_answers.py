"""Answers as people type them, and what they are told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from rj_engine import clock
from rj_engine.forms import InvalidAnswers, parse, schema_for, validate


def a_form(*components: dict[str, Any]) -> Any:
    return parse({"type": "default", "id": "sample", "components": list(components)})


def a_question(key: str = "answer", kind: str = "textfield", **more: Any) -> dict[str, Any]:
    return {"type": kind, "key": key, "label": more.pop("label", "Your answer"), **more}


CHANNELS = [{"value": "call", "label": "Telephone"}, {"value": "letter", "label": "Letter"}]


def message(form: Any, raw: object) -> str:
    with pytest.raises(InvalidAnswers) as refusal:
        validate(form, {"answer": raw}, {})
    [sentence] = refusal.value.messages["answer"]
    return sentence


def answer(form: Any, raw: object) -> object:
    return validate(form, {"answer": raw}, {}).get("answer")


@pytest.mark.parametrize(
    ("component", "sentence"),
    [
        (a_question(label="Name"), "Enter name"),
        (a_question(label="RJ lead"), "Enter RJ lead"),
        (a_question(label="What did they say?"), "Enter an answer to “What did they say?”"),
        (a_question(kind="radio", label="How did you contact them?", values=CHANNELS, properties={
            "missing": "Choose how you contacted them"}), "Choose how you contacted them"),
        (a_question(kind="checklist", label="Ways to contact", values=CHANNELS), "Choose ways to contact"),
        (a_question(kind="checkbox", label="I have read the code"), "Tick the box “I have read the code”"),
        (a_question(kind="datetime", label="Date of contact"), "Enter date of contact"),
    ],
)  # fmt: skip
def test_a_question_left_out_is_asked_for_in_its_own_words(component: dict[str, Any], sentence: str) -> None:
    form = a_form({**component, "validate": {"required": True}})
    blank = {"checklist": [], "checkbox": False}.get(component["type"], "  ")

    assert message(form, blank) == sentence
    with pytest.raises(InvalidAnswers) as refusal:
        validate(form, {}, {})
    assert refusal.value.messages == {"answer": [sentence]}


def test_a_question_that_need_not_be_answered_is_left_out_when_blank() -> None:
    form = a_form(a_question(), a_question("tick", "checkbox"), a_question("many", "checklist", values=CHANNELS))

    assert validate(form, {"answer": "  ", "many": []}, {}) == {"tick": False}
    assert validate(form, {"answer": None, "tick": True}, {}) == {"tick": True}


def test_what_the_case_knows_stands_where_a_question_is_not_mentioned_and_is_cleared_where_it_is_sent_blank() -> None:
    prefilled = a_question("many", "checklist", values=CHANNELS, properties={"prefill": "known"})
    needed = {**a_question("risk", properties={"prefill": "risk"}), "validate": {"required": True}}
    known = {"known": ["letter"], "risk": "low"}

    assert validate(a_form(prefilled), {}, known) == {"many": ["letter"]}
    assert validate(a_form(prefilled), {"many": []}, known) == {}
    assert validate(a_form(prefilled), {"many": ["call"]}, known) == {"many": ["call"]}
    with pytest.raises(InvalidAnswers):
        validate(a_form(prefilled, needed), {}, known)


def test_text_is_kept_as_written_but_for_its_edges_and_line_ends() -> None:
    assert answer(a_form(a_question(kind="textarea")), "  Zoë said:\r\n“no”  ") == "Zoë said:\n“no”"


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\ud800"])
def test_signs_that_no_letter_holds_are_refused(sign: str) -> None:
    assert message(a_form(a_question()), f"a{sign}b") == (
        "Your answer must only use ordinary letters, numbers and signs"
    )


def test_limits_are_told_in_figures() -> None:
    form = a_form(a_question(validate={"minLength": 3, "maxLength": "5"}))

    assert message(form, "ab") == "Your answer must be 3 characters or more"
    assert message(form, "abcdef") == "Your answer must be 5 characters or fewer"
    assert answer(form, "abcde") == "abcde"
    assert message(a_form(a_question()), "one\ntwo") == "Your answer must be on one line"
    assert message(a_form(a_question()), "a" * 501) == "Your answer must be 500 characters or fewer"
    assert message(a_form(a_question()), 5) == "Your answer must be text"


def test_a_pattern_is_told_in_the_authors_words() -> None:
    rules = {"pattern": "^[A-Z]{2}$"}
    told = {**rules, "patternErrorMessage": "Enter two capitals"}

    assert message(a_form(a_question(validate=rules)), "abc") == "Your answer must be in the right format"
    assert message(a_form(a_question(validate=told)), "abc") == "Enter two capitals"
    assert answer(a_form(a_question(validate=rules)), "AB") == "AB"


def test_a_hostile_pattern_costs_no_time() -> None:
    assert message(a_form(a_question(validate={"pattern": "^(a+)+$"})), "a" * 400 + "!")


@pytest.mark.parametrize("address", ["name", "a@b", "a b@c.org", "@example.org", "a@example.org\nb"])
def test_what_is_no_email_address_is_refused(address: str) -> None:
    assert message(a_form(a_question(kind="textarea", properties={"kind": "email"})), address).startswith("Your answer")


def test_email_and_telephone_are_recognised() -> None:
    assert answer(a_form(a_question(properties={"kind": "email"})), "o'neil@example.org") == "o'neil@example.org"
    phone = a_form(a_question(validate={"validationType": "phone"}))
    assert answer(phone, "+44 (0)1632 960-001") == "+44 (0)1632 960-001"
    assert message(phone, "call me") == "Your answer must be a telephone number, like 01632 960 001"


@pytest.mark.parametrize(("typed", "kept"), [("3", 3), (" 1,250 ", 1250), ("2.5", 2.5), (4, 4), (4.0, 4), (-1, -1)])
def test_numbers_are_understood_as_typed(typed: Any, kept: Any) -> None:
    result = answer(a_form(a_question(kind="number")), typed)

    assert result == kept
    assert type(result) is type(kept)


@pytest.mark.parametrize("typed", ["three", True, "NaN", "Infinity", "1e400", "12345678901234567", [1]])
def test_what_is_no_number_is_refused(typed: Any) -> None:
    assert message(a_form(a_question(kind="number")), typed).startswith("Your answer must be a number")


def test_numbers_keep_to_their_limits() -> None:
    form = a_form(a_question(kind="number", decimalDigits=0, validate={"min": 1, "max": 10}))

    assert message(form, "0") == "Your answer must be 1 or more"
    assert message(form, "11") == "Your answer must be 10 or less"
    assert message(form, "2.5") == "Your answer must be a whole number"
    assert message(a_form(a_question(kind="number", decimalDigits=1)), "2.55") == (
        "Your answer must have at most 1 digits after the point"
    )


def test_only_what_was_offered_can_be_chosen() -> None:
    radio = a_form(a_question(kind="radio", values=CHANNELS))
    many = a_form(a_question(kind="checklist", values=CHANNELS))

    assert answer(radio, "call") == "call"
    assert message(radio, "pigeon") == "Choose your answer"
    assert message(radio, ["call"]) == "Choose your answer"
    assert answer(many, ["letter", "call", "call"]) == ["call", "letter"]
    assert message(many, ["pigeon"]) == "Choose your answer"
    assert message(many, "call") == "Choose your answer"


def test_none_of_these_stands_alone() -> None:
    values = [*CHANNELS, {"value": "none", "label": "None of these"}]
    form = a_form(a_question(kind="checklist", values=values, properties={"exclusive": "none"}))

    assert answer(form, ["none"]) == ["none"]
    assert message(form, ["none", "call"]) == "Your answer must be “None of these” or other answers, not both"


def test_staff_are_chosen_from_the_services_own_list() -> None:
    form = a_form(a_question(kind="select", properties={"kind": "staff"}))

    assert answer(form, "17") == "17"


def test_a_box_takes_only_yes_or_no() -> None:
    assert message(a_form(a_question(kind="checkbox")), "yes") == "Your answer must be ticked or left"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"day": "3", "month": "", "year": "2026"}, "Your answer must include a month"),
        ({"day": "", "month": "", "year": "2026"}, "Your answer must include a day and month"),
        ({"day": "31", "month": "2", "year": "2026"}, "Your answer must be a real date"),
        ({"day": "x", "month": "2", "year": "2026"}, "Your answer must be a real date"),
        ({"day": "3", "month": "2", "year": "26"}, "Your answer must have a year of four digits, like 2026"),
        ("2026-02-31", "Your answer must be a real date"),
        ("20260203", "Your answer must be a real date"),
        ("3 February", "Your answer must be a real date"),
        (5, "Your answer must be a real date"),
    ],
)
def test_what_is_no_day_is_told_by_its_part(typed: Any, sentence: str) -> None:
    assert message(a_form(a_question(kind="datetime", subtype="date")), typed) == sentence


def test_a_day_may_come_in_parts_or_as_one() -> None:
    form = a_form(a_question(kind="datetime", subtype="date"))

    assert answer(form, {"day": "3", "month": "2", "year": "2026"}) == "2026-02-03"
    assert answer(form, "2026-02-03") == "2026-02-03"
    assert answer(form, {"day": "", "month": "", "year": ""}) is None


def test_what_has_happened_cannot_be_tomorrow_in_london() -> None:
    past = a_form(a_question(kind="datetime", properties={"kind": "date_past"}))
    future = a_form(a_question(kind="datetime", properties={"kind": "date_future"}))

    with clock.at(datetime(2026, 6, 1, 23, 30, tzinfo=UTC)):
        assert answer(past, "2026-06-02") == "2026-06-02"
        assert message(past, "2026-06-03") == "Your answer must be today or in the past"
        assert message(future, "2026-06-01") == "Your answer must be today or in the future"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("14:30", "14:30"), ("2.30pm", "14:30"), ("2 pm", "14:00"), ("12am", "00:00"), ("12:15 am", "00:15"),
     ("9:05", "09:05"), ("12pm", "12:00")],
)  # fmt: skip
def test_a_time_may_be_said_as_people_do(typed: Any, kept: Any) -> None:
    assert answer(a_form(a_question(kind="datetime", subtype="time")), typed) == kept


@pytest.mark.parametrize("typed", ["noon", "25:00", "9:75", 9])
def test_what_is_no_time_is_refused(typed: Any) -> None:
    sentence = message(a_form(a_question(kind="datetime", subtype="time")), typed)
    assert sentence == "Your answer must be a time, like 2:30pm or 14:30"


def test_a_question_nobody_asked_is_refused_not_dropped() -> None:
    with pytest.raises(InvalidAnswers) as refusal:
        validate(a_form(a_question()), {"answer": "x", "anwser": "y"}, {})

    assert refusal.value.messages == {"anwser": ["This form does not ask that question."]}


def test_everything_typed_comes_back_with_the_refusal() -> None:
    raw = {"answer": "x" * 600, "on": {"day": "1", "month": "", "year": ""}}
    with pytest.raises(InvalidAnswers) as refusal:
        validate(a_form(a_question(), a_question("on", "datetime")), raw, {})

    assert refusal.value.raw == raw
    assert list(refusal.value.messages) == ["answer", "on"]
    assert "x" * 600 not in str(refusal.value.context)


def test_one_form_has_one_schema() -> None:
    form = a_form(a_question())

    assert schema_for(form) is schema_for(form)
    assert schema_for(form).__name__ == "SampleAnswers"
