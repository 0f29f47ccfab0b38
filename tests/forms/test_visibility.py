"""Questions that other answers make moot."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from rj_engine.forms import InvalidAnswers, hidden_fields, parse, validate
from rj_engine.forms.html import from_html

YES_NO = [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]
FORM = parse(
    {
        "type": "default",
        "id": "first_contact",
        "components": [
            {"type": "radio", "key": "reached", "label": "Did you reach them?", "values": YES_NO,
             "validate": {"required": True}},
            {"type": "group", "label": "What they said", "conditional": {"hide": '=reached != "yes"'}, "components": [
                {"type": "radio", "key": "safe", "label": "Safe to talk?", "values": YES_NO,
                 "validate": {"required": True}},
                {"type": "textarea", "key": "words", "label": "Their words", "validate": {"required": True},
                 "conditional": {"hide": '=safe = "no"'}},
            ]},
            {"type": "textfield", "key": "interpreter", "label": "Interpreter", "validate": {"required": True},
             "conditional": {"hide": "=not(needs_interpreter = true)"}},
        ],
    }
)  # fmt: skip


def test_a_hidden_question_is_neither_required_nor_kept() -> None:
    assert validate(FORM, {"reached": "no", "words": "typed before the answer changed"}, {}) == {"reached": "no"}


def test_what_stands_behind_a_hidden_answer_follows_it() -> None:
    raw = {"reached": "no", "safe": "no"}

    assert hidden_fields(FORM, raw, {}) == {"safe", "words", "interpreter"}
    assert hidden_fields(FORM, {"reached": "yes", "safe": "no"}, {}) == {"words", "interpreter"}


def test_an_open_question_is_required() -> None:
    with pytest.raises(InvalidAnswers) as refusal:
        validate(FORM, {"reached": "yes", "safe": "yes"}, {})

    assert list(refusal.value.messages) == ["words"]


def test_what_the_case_knows_is_seen_by_conditions() -> None:
    with pytest.raises(InvalidAnswers) as refusal:
        validate(FORM, {"reached": "no"}, {"needs_interpreter": True})

    assert list(refusal.value.messages) == ["interpreter"]


def test_a_number_typed_as_text_counts_as_a_number() -> None:
    form = parse(
        {
            "id": "age",
            "components": [
                {"type": "number", "key": "age", "label": "Age"},
                {"type": "textfield", "key": "carer", "label": "Carer", "conditional": {"hide": "=age >= 18"}},
            ],
        }
    )

    assert hidden_fields(form, {"age": "18"}, {}) == {"carer"}
    assert hidden_fields(form, {"age": "17.5"}, {}) == set()
    assert hidden_fields(form, {"age": "old"}, {}) == set()


def test_a_page_sends_dates_in_parts_and_ticks_by_presence() -> None:
    form = parse(
        {
            "id": "page",
            "components": [
                {"type": "datetime", "subtype": "date", "key": "on", "label": "On"},
                {"type": "checkbox", "key": "agreed", "label": "Agreed"},
                {"type": "checklist", "key": "ways", "label": "Ways", "values": YES_NO},
                {"type": "textfield", "key": "name", "label": "Name"},
            ],
        }
    )
    posted = [("on-day", " 3"), ("on-month", "2"), ("on-year", "2026"), ("ways", "yes"), ("ways", "no"), ("x", "y")]

    assert from_html(form, MultiDict(posted)) == {
        "on": "2026-02-03",
        "agreed": False,
        "ways": ["yes", "no"],
        "name": "",
    }
    assert from_html(
        form, MultiDict([("on-day", "31"), ("on-month", "2"), ("on-year", "2026"), ("agreed", "yes")])
    ) == {
        "on": {"day": "31", "month": "2", "year": "2026"},
        "agreed": True,
        "ways": [],
        "name": "",
    }
    assert from_html(form, MultiDict())["on"] == ""
