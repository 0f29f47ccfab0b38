"""Reads decision tables from XML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from rj_engine.dmn import elements
from rj_engine.dmn.xml_reading import child, children, line_of, text_of
from rj_engine.errors import Finding

if TYPE_CHECKING:
    from rj_engine.dmn.boxed_parsing import BoxedParser

HIT_POLICIES: Final = frozenset({"UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"})
AGGREGATIONS: Final = frozenset({"SUM", "COUNT", "MIN", "MAX"})


def table(parser: BoxedParser, element: etree._Element) -> elements.DecisionTable:
    """One decision table; a row with too few or too many cells is a finding and left out, never shifted."""
    inputs = tuple(_input(parser, one) for one in children(element, "input"))
    outputs = tuple(_output(parser, one) for one in children(element, "output"))
    found = [_row(one, number) for number, one in enumerate(children(element, "rule"), start=1)]
    shape = (len(inputs), len(outputs))
    for row in found:
        if (len(row.tests), len(row.answers)) != shape:
            _ragged(parser, row, shape)
    if not outputs:
        parser.note("no_output", "The table has no output column.", element)
    if len(outputs) > 1 and not all(one.name for one in outputs):
        parser.note("no_name", "With more than one output column, each needs a name.", element)
    return elements.DecisionTable(
        element=element.get("id"),
        line=line_of(element),
        type_ref=element.get("typeRef"),
        hit_policy=_choice(parser, element, "hitPolicy", HIT_POLICIES) or "UNIQUE",
        aggregation=_choice(parser, element, "aggregation", AGGREGATIONS),
        inputs=inputs,
        outputs=outputs,
        notes=tuple(one.get("name", "") for one in children(element, "annotation")),
        rows=tuple(row for row in found if (len(row.tests), len(row.answers)) == shape),
    )


def _choice(parser: BoxedParser, element: etree._Element, attribute: str, choices: frozenset[str]) -> str | None:
    value = element.get(attribute)
    if value is None or value in choices:
        return value
    parser.note("unknown_hit_policy", f"{attribute} {value[:40]!r} is none of {', '.join(sorted(choices))}.", element)
    return None


def _input(parser: BoxedParser, element: etree._Element) -> elements.Input:
    expression = child(element, "inputExpression")
    place = element if expression is None else expression
    text = text_of(expression)
    if text is None or not text.strip():
        parser.note("no_input_expression", "An input column does not say what it asks.", element)
        text = "null"
    return elements.Input(
        element=element.get("id"),
        label=element.get("label"),
        expression=elements.Literal(
            text=text, element=element.get("id"), line=line_of(place), type_ref=place.get("typeRef")
        ),
        values=parser.unary(element, "inputValues"),
    )


def _output(parser: BoxedParser, element: etree._Element) -> elements.Output:
    default = child(element, "defaultOutputEntry")
    text = text_of(default)
    return elements.Output(
        element=element.get("id"),
        name=" ".join(element.get("name", "").split()) or None,
        label=element.get("label"),
        type_ref=element.get("typeRef"),
        values=parser.unary(element, "outputValues"),
        default=_cell(default, text) if default is not None and text else None,
    )


def _ragged(parser: BoxedParser, row: elements.Row, shape: tuple[int, int]) -> None:
    message = (
        f"Row {row.number} has {len(row.tests)} input and {len(row.answers)} output cells; "
        f"the table has {shape[0]} and {shape[1]} columns."
    )
    parser.findings.append(Finding("ragged_row", message, element=row.element, line=row.line))


def _row(element: etree._Element, number: int) -> elements.Row:
    tests = tuple(_cell(one, (text_of(one) or "").strip() or "-") for one in children(element, "inputEntry"))
    answers = tuple(_cell(one, (text_of(one) or "").strip() or "null") for one in children(element, "outputEntry"))
    return elements.Row(
        element=element.get("id"),
        line=line_of(element),
        number=number,
        tests=tests,
        answers=answers,
        notes=tuple((text_of(one) or "").strip() for one in children(element, "annotationEntry")),
        description=(text_of(element, "description") or "").strip() or None,
    )


def _cell(element: etree._Element, text: str) -> elements.Literal:
    place = child(element, "text")
    return elements.Literal(
        text=text, element=element.get("id"), line=line_of(element if place is None else place), type_ref=None
    )
