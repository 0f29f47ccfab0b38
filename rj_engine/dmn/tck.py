"""Runs the cases of the DMN Technology Compatibility Kit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Final

from lxml import etree

from rj_engine import feel
from rj_engine.dmn import elements
from rj_engine.dmn.decided import Decided
from rj_engine.dmn.loading import load
from rj_engine.dmn.model import Model
from rj_engine.dmn.refusals import DecisionRefused, UnknownDecision
from rj_engine.dmn.xml_reading import child, children, name_of, text_of

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
_CONVERSIONS: Final = {
    "date": "date(text)",
    "time": "time(text)",
    "dateTime": "date and time(text)",
    "duration": "duration(text)",
}
_NUMBERS: Final = frozenset({"decimal", "double", "float", "integer", "int", "long"})
_TOLERANCE: Final = Decimal("1e-8")
_READERS: Final = {name: feel.compile_expression(expression, ("text",)) for name, expression in _CONVERSIONS.items()}
_PARSER: Final = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
)
_EQUAL: Final = feel.compile_expression("left = right", ("left", "right"))


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of one case."""

    folder: str
    file: str
    case: str
    outcome: str
    detail: str = ""

    def as_json(self) -> dict[str, str]:
        """The result as plain JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


def run(folder: Path | str) -> list[CaseResult]:
    """The result of every case in a folder of the kit and those below it."""
    files = sorted(Path(folder).rglob("*.xml"))
    return [result for file in files for result in _run_file(file)]


def main(folder: Path | str, as_json: bool) -> int:
    """Print the result of every case that did not pass, then the counts; 0 when none failed."""
    results = run(folder)
    counts = {outcome: sum(one.outcome == outcome for one in results) for outcome in (PASSED, FAILED, SKIPPED)}
    if as_json:
        _say(json.dumps([one.as_json() for one in results], indent=1, ensure_ascii=False))
    else:
        for one in results:
            if one.outcome != PASSED:
                _say(f"{one.outcome} {one.folder} {one.case} {one.detail}")
    _say(f"{counts[PASSED]} passed, {counts[FAILED]} failed, {counts[SKIPPED]} skipped")
    return 1 if counts[FAILED] or not results else 0


def _say(line: str) -> None:
    print(line)  # noqa: T201 - this is what the command line shows


def _run_file(file: Path) -> Iterator[CaseResult]:
    root = etree.parse(str(file), _PARSER).getroot()
    if etree.QName(root).localname != "testCases":
        return
    try:
        model = _model(file.parent, (text_of(root, "modelName") or "").strip())
    except (DecisionRefused, OSError) as trouble:
        for case in children(root, "testCase"):
            yield CaseResult(file.parent.name, file.name, case.get("id", ""), FAILED, str(trouble))
        return
    external = any(finding.code == "external_function" for finding in model.findings)
    for case in children(root, "testCase"):
        outcome = (SKIPPED, "calls functions outside FEEL: not supported") if external else _run_case(model, case)
        yield CaseResult(file.parent.name, file.name, case.get("id", ""), *outcome)


def _model(folder: Path, name: str) -> Model:
    name = name or folder.name  # the kit's files may leave the model's name to that of the folder
    path = folder / (name if name.endswith(".dmn") else f"{name}.dmn")
    others = {one.name: one.read_bytes() for one in sorted(folder.glob("*.dmn")) if one != path}
    return load(path.read_bytes(), others, lenient=True)


def _run_case(model: Model, case: etree._Element) -> tuple[str, str]:
    inputs: dict[str, object] = {}
    for one in children(case, "inputNode"):
        key = name_of(one)
        inputs[f"{{{one.get('namespace')}}}{key}" if one.get("namespace") else key] = _value(one)
    for result in children(case, "resultNode"):
        expected = child(result, "expected")
        wanted = None if expected is None else _value(expected)
        try:
            found = _found(model, case, result, inputs)
        except UnknownDecision as refusal:
            return FAILED, str(refusal)
        if not matches(found.value, wanted):
            warnings = "; ".join(one.message for one in found.warnings[:3])
            return FAILED, f"{name_of(result)}: {_shown(found.value)} instead of {_shown(wanted)}. {warnings}"
    return PASSED, ""


def _found(model: Model, case: etree._Element, result: etree._Element, inputs: Mapping[str, object]) -> Decided:
    if case.get("type", "decision") == "decision":
        return model.decide(_prefix(model, result.get("namespace")) + name_of(result), inputs)
    name = name_of(case, "invocableName")
    called = model.call(name, inputs)
    services = (
        one for one in model.definitions.nodes.values() if isinstance(one, elements.Service) and one.name == name
    )
    if any(len(one.outputs) > 1 for one in services) and isinstance(called.value, dict):
        return replace(called, value=called.value.get(name_of(result)))
    return called


def _prefix(model: Model, namespace: str | None) -> str:
    """The import name under which another model's decisions go."""
    return next((f"{one.name}." for one in model.definitions.imports if one.namespace == namespace), "")


def _value(element: etree._Element) -> object:
    """The value an element of the kit holds: `value`, `list` or `component`s."""
    items = child(element, "list")
    if items is not None:
        return None if items.get(f"{_XSI}nil") == "true" else [_value(one) for one in children(items, "item")]
    components = list(children(element, "component"))
    if components:
        return {name_of(one): _value(one) for one in components}
    value = child(element, "value")
    if value is None or value.get(f"{_XSI}nil") == "true":
        return None
    return _simple(value.text or "", (value.get(f"{_XSI}type") or "").rpartition(":")[2])


def _simple(text: str, kind: str) -> object:
    if kind == "boolean":
        return text.strip() == "true"
    if kind in _NUMBERS:
        return feel.to_feel(Decimal(text.strip()))
    if kind in _READERS:
        return _READERS[kind].evaluate({"text": text.strip()})
    return text


def matches(found: object, wanted: object) -> bool:
    """Whether a result is the expected one; numbers may differ in the eighth place, as the kit writes them rounded."""
    if isinstance(wanted, dict):
        return (
            isinstance(found, dict)
            and found.keys() == wanted.keys()
            and all(matches(found[name], value) for name, value in wanted.items())
        )
    if isinstance(wanted, list):
        return (
            isinstance(found, list)
            and len(found) == len(wanted)
            and all(matches(one, other) for one, other in zip(found, wanted, strict=True))
        )
    if isinstance(wanted, Decimal) and isinstance(found, Decimal):
        return abs(found - wanted) <= _TOLERANCE * max(Decimal(1), abs(wanted))
    return _EQUAL.evaluate({"left": found, "right": wanted}) is True


def _shown(value: object) -> str:
    return json.dumps(feel.to_json(value), ensure_ascii=False, default=str)[:200]
