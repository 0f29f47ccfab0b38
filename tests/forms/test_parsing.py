"""What an author is told about a form that cannot be used."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rj_engine.forms import Field, FormRefused, Group, Words, parse


def a_document(*components: Any, **more: Any) -> dict[str, Any]:
    return {"type": "default", "id": "sample", "components": list(components), **more}


def codes(source: Any) -> list[str]:
    with pytest.raises(FormRefused) as refusal:
        parse(source)
    assert all(finding.message for finding in refusal.value.findings)
    return [finding.code for finding in refusal.value.findings]


def text(key: str = "answer", **more: Any) -> dict[str, Any]:
    return {"type": "textfield", "key": key, "label": "Your answer", **more}


def test_questions_keep_their_order_through_groups() -> None:
    form = parse(
        a_document(
            {"type": "text", "text": "## Before you begin"},
            text("first"),
            {"type": "separator"},
            {"type": "group", "label": "About them", "components": [text("second")]},
            title="Sample",
        )
    )

    assert list(form.fields) == ["first", "second"]
    assert [type(part) for part in form.parts] == [Words, Field, Group]
    assert form.title == "Sample"


def test_the_same_bytes_are_read_once() -> None:
    source = json.dumps(a_document(text()))

    assert parse(source) is parse(source.encode())
    assert parse(source).checksum == parse(source.encode()).checksum


def test_a_file_that_is_no_form_is_refused() -> None:
    assert codes("{") == ["form_unreadable"]
    assert codes(b"\xff\xfe\x00") == ["form_unreadable"]
    assert codes("[]") == ["form_unreadable"]
    assert codes({"id": "x"}) == ["form_unreadable"]


def test_every_finding_is_told_at_once() -> None:
    found = codes(
        a_document(
            text("Bad Key"),
            text("command_id"),
            text(),
            text(),
            {"type": "filepicker", "key": "file", "label": "File"},
            {"type": "textfield", "key": "no_label"},
            {"type": "radio", "key": "no_options", "label": "Choose"},
            {"type": "radio", "key": "same", "label": "Choose", "values": [{"value": "a"}, {"value": "a"}]},
            {"type": "radio", "key": "odd", "label": "Choose", "values": ["a"]},
            {"type": "datetime", "subtype": "datetime", "key": "when", "label": "When"},
            text("pattern", validate={"pattern": "("}),
            text("limit", validate={"maxLength": "many"}),
            text("condition", conditional={"hide": "= and and"}),
            text("no_text", conditional={"hide": ["x"]}),
            {"type": "group", "path": "deep", "components": []},
            {"type": "group", "components": None},
            "not an object",
            id="Not snake",
        )
    )

    assert found == [
        "form_id",
        "question_key",
        "question_key",
        "question_type",
        "question_label",
        "question_options",
        "question_options",
        "question_options",
        "question_type",
        "question_pattern",
        "question_limit",
        "condition",
        "condition",
        "group_path",
        "form_shape",
        "form_shape",
        "question_key",
    ]


def test_a_finding_names_the_question() -> None:
    with pytest.raises(FormRefused) as refusal:
        parse(a_document(text("age", validate={"pattern": "("})))

    [finding] = refusal.value.findings
    assert finding.element == "age"


def test_questions_that_wait_for_each_other_are_refused() -> None:
    circle = [
        text("a", conditional={"hide": '=b = "x"'}),
        text("b", conditional={"hide": '=a = "x"'}),
    ]
    assert codes(a_document(*circle)) == ["condition_circle"]
    assert codes(a_document(text("a", conditional={"hide": "=a = null"}))) == ["condition_circle"]


def test_a_form_has_an_end() -> None:
    assert codes(a_document(*(text(f"q{number}") for number in range(201)))) == ["form_size"]
    deep = {"type": "group", "components": []}
    for _ in range(8):
        deep = {"type": "group", "components": [deep]}
    assert codes(a_document(deep)) == ["form_shape"]
