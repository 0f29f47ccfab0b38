"""A value that went another way at an earlier choice is not missed, and not seen twice, at a later one."""

from __future__ import annotations

import json

import pytest

from rj_engine import dmn
from rj_engine.errors import Finding
from rj_engine.forms import parse as parse_form
from rj_engine.workflows.engine import lint
from tests.workflows.engine_drawing import a_task, arrow, path
from tests.workflows.test_ways import (
    COUNT,
    HOW,
    WEIGH,
    YES_OR_NO,
    a_choice,
    a_form,
    a_table_text,
    component,
    found,
    listing,
    only,
)


def past_another(first: str, *conditions: str | None, then: str = "") -> bytes:
    """A choice behind another one, from which what meets its first condition goes elsewhere."""
    before = f'<bpmn:exclusiveGateway id="weigh" default="on"/>{then or a_task("then").replace("a_form", "none")}'
    drawn = a_choice(*conditions, before=before).decode()
    on = arrow("weigh", "then", None, "on") + arrow("then", "which")
    return (
        drawn.replace(arrow("weigh", "which"), on + arrow("weigh", "finish", first, "away"))
        .replace("<bpmn:flowNodeRef>ask<", "<bpmn:flowNodeRef>then</bpmn:flowNodeRef><bpmn:flowNodeRef>ask<")
        .encode()
    )


def test_a_value_that_went_another_way_before_needs_no_way_here() -> None:
    drawn = past_another('how_it_goes_on = "stop"', 'how_it_goes_on = "meeting"', 'how_it_goes_on = "letter"')
    lacking = past_another('how_it_goes_on = "stop"', 'how_it_goes_on = "meeting"', 'how_it_goes_on = "stop"')

    assert lint.read_sources({"a_choice.bpmn": drawn})[1] == []
    assert found(drawn, a_form(HOW)) == []
    told = only(found(lacking, a_form(HOW)))
    assert (told.code, told.severity, "is “letter”" in told.message) == ("no_way_on", "error", True)


def test_a_value_that_went_another_way_before_opens_no_two_ways_here() -> None:
    ways_out = ('how_it_goes_on != "letter"', 'how_it_goes_on != "meeting"', None)

    assert found(past_another('how_it_goes_on = "stop"', *ways_out), a_form(HOW)) == []
    told = only(found(past_another('how_it_goes_on = "letter"', *ways_out), a_form(HOW)))
    assert (told.code, told.severity, "is “stop”" in told.message) == ("ways_overlap", "error", True)


def test_what_is_not_answered_and_went_another_way_needs_no_way_here() -> None:
    left_out = {**YES_OR_NO, "required": False}

    assert found(past_another("agrees = null", 'agrees = "yes"', 'agrees = "no"'), a_form(left_out)) == []


@pytest.mark.parametrize(
    "first",
    ['how_it_goes_on = "stop" and agrees = "yes"', 'agrees = "yes"', "people_count = 3"],
)
def test_a_value_that_may_have_gone_another_way_is_a_warning(first: str) -> None:
    drawn = past_another(first, 'how_it_goes_on = "meeting"', 'how_it_goes_on = "letter"')

    told = only(found(drawn, a_form(HOW, YES_OR_NO, COUNT)))

    assert (told.code, told.severity, "is “stop”" in told.message) == ("no_way_on", "warning", True)


def test_a_number_that_may_have_gone_another_way_is_a_warning() -> None:
    drawn = past_another("people_count = 5", "people_count &lt; 5", "people_count &gt; 5")

    assert {one.severity for one in found(drawn, a_form(COUNT))} == {"warning"}


def test_a_value_told_in_one_of_two_branches_that_meet_again_is_a_warning() -> None:
    again = {**HOW, "offers": ["meeting", "letter"]}
    other = {"another_form": parse_form(json.dumps({"id": "another_form", "components": [component(again)]}))}
    asked = a_task("one").replace("a_form", "another_form") + a_task("two").replace("a_form", "none")
    forked = f'{asked}<bpmn:parallelGateway id="fork"/><bpmn:parallelGateway id="weigh"/>'
    drawn = a_choice('how_it_goes_on = "meeting"', 'how_it_goes_on = "letter"', before=forked).decode()
    ways_on = path("ask", "fork", "one", "weigh") + path("fork", "two", "weigh")
    drawn = drawn.replace(arrow("ask", "weigh"), ways_on)

    told = only(found(drawn.encode(), {**a_form(HOW), **other}))

    assert (told.code, told.severity) == ("no_way_on", "warning")


def test_a_value_that_went_another_way_before_needs_no_row_in_the_table() -> None:
    offered = {"key": "told_as", "type": "radio", "offers": ["harm", "two_sides", "gossip"], "required": True}
    table = {"weighed": dmn.load(listing(a_table_text('"light"', '"heavy"'), '"harm", "two_sides"').encode())}
    decides = WEIGH.replace('id="weigh"', 'id="then"')

    def of(first: str) -> list[Finding]:
        drawn = past_another(first, 'weight = "light"', None, then=decides)
        return found(drawn, a_form(offered, YES_OR_NO), table)

    assert of('told_as = "gossip"') == []
    assert (only(of('told_as = "harm"')).code, only(of('told_as = "harm"')).severity) == ("unforeseen_value", "error")
    assert only(of('told_as = "gossip" and agrees = "yes"')).severity == "warning"
