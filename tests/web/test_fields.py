"""From a form to the page: what is shown, in what state, and when."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rj_engine.clock import Period
from rj_engine.forms import Option, parse
from rj_engine.forms.opening import first_answers, rules
from rj_engine.web.page.fields import Block, Page, page_of

YES_NO = [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]
WAYS = [{"value": "call", "label": "Call"}, {"value": "post", "label": "Post"}, {"value": "none", "label": "None"}]


def a_page(*components: dict[str, Any], raw: Any = None, variables: Any = None, **more: Any) -> Page:
    form = parse({"id": "sample", "components": list(components)})
    return page_of(form, raw or {}, variables or {}, **more)


def only(page: Page) -> Block:
    [block] = page.blocks
    return block


def test_each_kind_of_question_has_its_component() -> None:
    page = a_page(
        {"type": "textfield", "key": "a", "label": "A"},
        {"type": "textarea", "key": "b", "label": "B"},
        {"type": "number", "key": "c", "label": "C"},
        {"type": "checkbox", "key": "d", "label": "D"},
        {"type": "radio", "key": "e", "label": "E", "values": YES_NO},
        {"type": "select", "key": "f", "label": "F", "values": YES_NO},
        {"type": "checklist", "key": "g", "label": "G", "values": WAYS, "properties": {"exclusive": "none"}},
        {"type": "datetime", "subtype": "date", "key": "h", "label": "H"},
        {"type": "datetime", "subtype": "time", "key": "i", "label": "I"},
        {"type": "textarea", "key": "j", "label": "J", "validate": {"maxLength": 200}},
    )

    assert [block.macro for block in page.blocks] == [
        "govukInput", "govukTextarea", "govukInput", "govukCheckboxes", "govukRadios", "govukSelect",
        "govukCheckboxes", "govukDateInput", "govukInput", "govukCharacterCount",
    ]  # fmt: skip
    assert page.table == {}
    assert {"divider": "or"} in page.blocks[6].params["items"]


def test_a_date_is_shown_as_it_was_typed_or_kept() -> None:
    date = {"type": "datetime", "subtype": "date", "key": "on", "label": "On"}

    kept = only(a_page(date, raw={"on": "2026-02-03"})).params["items"]
    typed = only(a_page(date, raw={"on": {"day": "31", "month": "2", "year": ""}})).params["items"]

    assert [item["value"] for item in kept] == ["3", "2", "2026"]
    assert [item["value"] for item in typed] == ["31", "2", ""]


def test_messages_point_at_the_question_and_the_part_that_is_wrong() -> None:
    page = a_page(
        {"type": "datetime", "subtype": "date", "key": "on", "label": "On"},
        {"type": "radio", "key": "way", "label": "Way", "values": YES_NO},
        raw={"on": {"day": "3", "month": "", "year": "2026"}},
        messages={"on": ["On must include a month"], "way": ["Choose way"], "": ["Somebody else signed"]},
    )

    assert [error.get("href") for error in page.errors] == ["#on-month", "#way", None]
    assert page.blocks[0].params["errorMessage"] == {"text": "On must include a month"}


def test_what_the_case_itself_makes_moot_is_not_on_the_page() -> None:
    question = {"type": "textfield", "key": "a", "label": "A", "conditional": {"hide": "=custody = true"}}

    assert a_page(question, variables={"custody": True}).blocks == ()
    assert only(a_page(question, variables={"custody": False})).place == ""


REACHED = {"type": "radio", "key": "reached", "label": "Did you reach them?", "values": YES_NO}


def conditional(hide: str, **more: Any) -> dict[str, Any]:
    return {"type": "textfield", "key": "after_that", "label": "Then", "conditional": {"hide": f"={hide}"}, **more}


def test_a_question_opens_where_the_answer_before_calls_for_it() -> None:
    condition = 'reached != "yes"'
    shut = a_page(REACHED, conditional(condition))
    opened = a_page(REACHED, conditional(condition), raw={"reached": "yes"})

    assert (shut.blocks[1].closed, opened.blocks[1].closed) == (True, False)
    assert shut.blocks[1].when == "Answer this if you chose “Yes” for “Did you reach them?”."
    assert shut.table["rules"] == {"r0": {"reads": ("reached",), "hides": ("[null]", '["no"]')}}
    assert shut.table["places"] == {"p0": ["r0"]}
    assert json.loads(json.dumps(shut.table))["order"][-1] == ["after_that", "textfield", ["r0"]]


@pytest.mark.parametrize(
    ("question", "hide", "when"),
    [
        ({"type": "checkbox", "key": "x", "label": "Agreed"}, "not(x)", "Answer this if you ticked “Agreed”."),
        ({"type": "textfield", "key": "x", "label": "Promise"}, 'x = null or x = ""',
         "Answer this if you answered “Promise”."),
        ({"type": "checklist", "key": "x", "label": "Ways", "values": WAYS}, 'not(list contains(x, "call"))',
         "Answer this only if it applies."),
    ],
)  # fmt: skip
def test_pages_without_scripts_say_when_to_answer(question: dict[str, Any], hide: str, when: str) -> None:
    block = a_page(question, conditional(hide)).blocks[1]

    assert block.when == when
    assert block.opens


def test_a_condition_that_reads_a_number_stays_open_and_the_server_decides() -> None:
    block = a_page({"type": "number", "key": "age", "label": "Age"}, conditional("age >= 18")).blocks[1]

    assert (block.opens, block.closed, block.when) == (False, False, "Answer this only if it applies.")


def test_a_condition_with_too_many_cases_stays_open() -> None:
    many = [{"value": f"v{number}", "label": f"V{number}"} for number in range(12)]
    lists = [{"type": "checklist", "key": key, "label": key, "values": many} for key in ("a", "b")]
    form = parse({"id": "sample", "components": [*lists, conditional("count(a) = count(b)")]})

    assert rules(form, {}) == {}


def test_groups_carry_their_condition_and_their_questions_only_their_own() -> None:
    group = {
        "type": "group",
        "label": "More",
        "conditional": {"hide": '=reached != "yes"'},
        "components": [{"type": "textfield", "key": "inner", "label": "Inner"}, {"type": "text", "text": "**Words**"}],
    }
    page = a_page(REACHED, group)

    assert page.blocks[1].place == "p0"
    assert [block.place for block in page.blocks[1].blocks] == ["", ""]
    assert str(page.blocks[1].blocks[1].html) == '<p class="govuk-body"><strong>Words</strong></p>'


def test_colleagues_come_from_the_services_own_list() -> None:
    question = {"type": "select", "key": "who", "label": "Who", "properties": {"kind": "staff"}}
    page = a_page(question, choices=lambda field: [Option("17", f"{field.kind} Ann")])

    assert [item["text"] for item in only(page).params["items"]] == ["Choose", "staff Ann"]


def test_a_fresh_form_shows_what_is_known() -> None:
    form = parse(
        {
            "id": "sample",
            "components": [
                {"type": "textfield", "key": "a", "label": "A", "properties": {"prefill": "known"}},
                {"type": "datetime", "key": "b", "label": "B", "properties": {"suggest_clock": "two_days"}},
                {"type": "textfield", "key": "c", "label": "C", "defaultValue": "usual"},
                {"type": "textfield", "key": "d", "label": "D"},
            ],
        }
    )

    shown = first_answers(form, {"known": "from the case"}, {"two_days": Period(2, "days")})

    assert shown["a"] == "from the case"
    assert shown["c"] == "usual"
    assert set(shown) == {"a", "b", "c"}
