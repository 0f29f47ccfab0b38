"""Every decision that ships is a file the standard editor can open and draw, and asks what forms can answer."""

from __future__ import annotations

import json
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from gate_cases import model
from lxml import etree
from SpiffWorkflow.dmn import parser

from rj_engine import bpmn

EACH_FILE = pytest.mark.parametrize("name", sorted(bpmn.decisions()))
NEW_GATES = ("apvc_gate", "mediation_gate", "informal_gate", "prison_route")


def root(name: str) -> Any:
    return etree.fromstring(bpmn.decisions()[name])


@cache
def standard() -> Any:
    return etree.XMLSchema(etree.parse(Path(parser.__file__).parent / "schema" / "DMN13.xsd"))


@EACH_FILE
def test_a_decision_file_is_valid_against_the_schema_of_the_standard(name: str) -> None:
    standard().assertValid(etree.ElementTree(root(name)))


@EACH_FILE
def test_every_decision_fact_and_line_is_drawn_once(name: str) -> None:
    drawn = [one.get("dmnElementRef") for one in root(name).iter("{*}DMNShape", "{*}DMNEdge")]
    nodes = [one.get("id") for one in root(name).iter("{*}decision", "{*}inputData", "{*}informationRequirement")]

    assert sorted(drawn) == sorted(nodes)


@EACH_FILE
def test_the_file_holds_the_decision_it_is_named_for_and_no_second_of_a_name(name: str) -> None:
    others = [each.id for other in bpmn.decisions() if other != name for each in model(other).decisions]
    own = [each.id for each in model(name).decisions]

    assert name in own
    assert not set(own) & set(others)
    assert model(name).findings == []


@EACH_FILE
def test_every_row_says_in_words_that_it_is_a_draft(name: str) -> None:
    for rule in root(name).iter("{*}rule"):
        words = rule.findtext("{*}description") or ""
        assert words.startswith("Draft, not signed off. "), rule.get("id")
        assert words.endswith("."), rule.get("id")


Box = tuple[float, float, float, float]


def boxes(name: str) -> dict[str, Box]:
    found = {}
    for shape in root(name).iter("{*}DMNShape"):
        bounds = {key: float(value) for key, value in shape.find("{*}Bounds").attrib.items()}
        found[shape.get("dmnElementRef")] = (bounds["x"], bounds["y"], bounds["width"], bounds["height"])
    return found


def passes(start: tuple[float, float], end: tuple[float, float], box: Box) -> bool:
    """Whether a straight line runs through the inside of a box."""
    enters, leaves = 0.0, 1.0
    for axis in (0, 1):
        low, high, here, there = box[axis] + 1, box[axis] + box[axis + 2] - 1, start[axis], end[axis]
        if here == there:
            if not low < here < high:
                return False
            continue
        first, last = sorted(((low - here) / (there - here), (high - here) / (there - here)))
        enters, leaves = max(enters, first), min(leaves, last)
    return enters < leaves


@EACH_FILE
def test_nothing_lies_on_anything_else_in_the_drawing(name: str) -> None:
    drawn = boxes(name)
    for left, right in ((one, other) for one in drawn for other in drawn if one < other):
        (x, y, width, height), (other_x, other_y, other_width, other_height) = drawn[left], drawn[right]
        apart = x + width <= other_x or other_x + other_width <= x or y + height <= other_y
        assert apart or other_y + other_height <= y, (left, right)


@EACH_FILE
def test_no_line_runs_through_a_shape_it_does_not_join(name: str) -> None:
    needs = {
        need.get("id"): {need.getparent().get("id"), need[0].get("href")[1:]}
        for need in root(name).iter("{*}informationRequirement")
    }
    for line in root(name).iter("{*}DMNEdge"):
        points = [(float(point.get("x")), float(point.get("y"))) for point in line.iter("{*}waypoint")]
        for shape, box in boxes(name).items():
            if shape not in needs[line.get("dmnElementRef")]:
                assert not any(passes(*both, box) for both in pairwise(points)), (line.get("id"), shape)


# Forms


def questions() -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    for name, text in bpmn.forms().items():
        waiting = list(json.loads(text)["components"])
        while waiting:
            one = waiting.pop()
            waiting += one.get("components", [])
            if "key" in one:
                found.append((name, one))
    return found


@pytest.mark.parametrize("gate", NEW_GATES)
def test_a_form_offers_only_answers_the_decision_knows_and_always_the_one_that_says_not_known(gate: str) -> None:
    kinds = {kind.get("name"): kind for kind in root(gate).iter("{*}itemDefinition")}
    for variable in root(gate).iterfind("{*}inputData/{*}variable"):
        kind = kinds.get(variable.get("typeRef"))
        if kind is None or kind.find("{*}allowedValues") is None:
            continue
        known = set(json.loads(f"[{kind.findtext('{*}allowedValues/{*}text')}]"))
        for form, question in questions():
            if question["key"] == variable.get("name"):
                offered = {option["value"] for option in question["values"]}
                assert offered <= known, (form, question["key"])
                assert known & {"not_known", "not_assessed", "not_done"} <= offered, (form, question["key"])
