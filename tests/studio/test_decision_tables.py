"""What the check finds in decision tables that can be read and still decide wrongly, or nothing."""

from __future__ import annotations

import pytest

from rj_engine import bpmn
from rj_engine.workflows.published import checking, tables, versions
from rj_engine.workflows.studio import drafting
from tests.places import Product
from tests.studio.drawing import a_draft, kept, row, text_of

FILE = "route.dmn"
FIRST, ONE_ONLY = 'hitPolicy="FIRST"', 'hitPolicy="UNIQUE"'
OF_HARMER = '<text>"harmer", "professional_for_harmer"</text>'
LAST = "<rule id="


def route(*changes: tuple[str, str]) -> str:
    """The table that routes a referral, with some of its text exchanged once."""
    text = bpmn.decisions()["route"].decode()
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    return text


def found(text: str) -> list[tuple[str, str | None, tuple[str, ...]]]:
    """Code, element and rows of each finding."""
    told = tables.found(versions.model_of(text.encode()))
    return [(one.finding.code, one.finding.element, one.rows) for one in told]


@pytest.mark.parametrize("key", sorted(bpmn.decisions()))
def test_nothing_is_found_in_a_shipped_decision(key: str) -> None:
    assert tables.found(versions.model_of(bpmn.decisions()[key])) == ()


def test_two_rows_that_match_together_are_named() -> None:
    told = found(route((FIRST, ONE_ONLY)))

    assert ("overlap", "route_table", ("RT1", "RT2")) in told


def test_an_input_that_no_row_matches_is_told_with_an_example() -> None:
    text = route()
    rules = text.split(LAST)
    text = LAST.join(rules[:-1]) + rules[-1][rules[-1].index("</rule>") + len("</rule>") :]
    told = [one.finding for one in tables.found(versions.model_of(text.encode()))]

    assert [one.code for one in told] == ["gap"]
    assert "Example:" in told[0].message


@pytest.mark.parametrize(
    ("cell", "code", "words"),
    [
        ('"signpst"', "unlisted_output", "Did you mean “signpost”?"),
        ("signpost", "unknown_name", "There is no signpost here."),
        ("3", "wrong_type", "is text; 3 is a number."),
    ],
)
def test_an_answer_that_its_column_cannot_hold_is_told_at_its_cell(cell: str, code: str, words: str) -> None:
    shipped = '<text>"signpost"</text>'
    model = versions.model_of(route((shipped, f"<text>{cell}</text>")).encode())

    told = tables.found(model)[0]

    assert (told.finding.code, len(told.rows)) == (code, 1)
    assert words in told.finding.message
    assert told.finding.element is not None
    assert told.finding.element.startswith(told.rows[0])


def test_a_cell_of_another_type_than_its_column_is_found_at_its_place() -> None:
    told = found(route((OF_HARMER, "<text>&lt; 5</text>")))

    assert [(element, rows) for _, element, rows in told] == [("RT1_initiated_by", ("RT1",))]


def test_a_column_that_asks_for_what_nobody_brings_is_found() -> None:
    text = route()
    asked = text[text.index("<inputExpression") :]
    name = asked[asked.index("<text>") : asked.index("</text>")]
    told = found(
        text.replace(
            name + "</text>\n        </inputExpression>", "<text>nobody_knows</text>\n        </inputExpression>", 1
        )
    )

    assert "unknown_name" in {code for code, _, _ in told}


def test_a_file_from_elsewhere_is_checked_as_in_the_studio() -> None:
    told = checking.check({FILE: route((FIRST, ONE_ONLY)).encode()})

    assert "overlap" in {one.code for one in told}


def test_a_draft_whose_rows_overlap_cannot_be_published(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product, "intake")
    text = text_of(sqlite_product, draft, FILE)
    kept(sqlite_product, draft, FILE, text.replace(FIRST, ONE_ONLY))

    noted = drafting.noted(sqlite_product.session, row(sqlite_product, draft))
    assert any(one.refuses and one.file == FILE and one.rows == ("RT1", "RT2") for one in noted)
