"""The check that publishing makes, over files from anywhere: diagrams linted and parsed, decisions read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rj_engine import bpmn, dmn
from rj_engine.errors import Finding
from rj_engine.forms import Form
from rj_engine.forms import parse as parse_form
from rj_engine.workflows.engine import lint, parsing
from rj_engine.workflows.engine.parsing import PathwayRefused
from rj_engine.workflows.published import closing_forms, tables, versions, ways, witnessed


def check(files: Mapping[str, bytes]) -> list[Finding]:
    """Findings over `.bpmn` and `.dmn` files by name; what they call may also be among the shipped ones."""
    diagrams = {name: text for name, text in files.items() if name.endswith(".bpmn")}
    findings: list[Finding] = []
    inputs: dict[str, list[str]] = {}
    models: dict[str, dmn.Model] = {}
    shipped = {f"{key}.dmn": text for key, text in bpmn.decisions().items()}
    for text in {**shipped, **{name: text for name, text in files.items() if name.endswith(".dmn")}}.values():
        try:
            model = dmn.load(text)
        except dmn.DecisionRefused as refused:
            findings.extend(refused.findings)
            continue
        inputs.update(versions.facts_read(model))
        models |= dict.fromkeys(versions.facts_read(model), model)
        findings.extend(one.finding for one in tables.found(model))
        findings.extend(witnessed.findings(dict.fromkeys(versions.facts_read(model), model)))
    if not diagrams:
        return findings
    sources = {**{f"{key}.bpmn": text for key, text in bpmn.pathways().items()}, **diagrams}
    findings.extend(lint.lint(diagrams if _self_contained(diagrams) else sources, clocks=bpmn.clocks()))
    forms = {key: parse_form(text.decode()) for key, text in bpmn.forms().items()}
    for name in diagrams:
        try:
            definition = parsing.parse(name, sources, inputs)
        except PathwayRefused as refused:
            findings.extend(found for found in refused.findings if found not in findings)
        else:
            pathway = definition.key if definition.key in closing_forms.pathways() else ""
            found = closing_forms.findings(pathway, definition.elements.values(), forms)
            findings.extend(one for one in found if one not in findings)
    return findings + list(_of_choices(diagrams, sources, forms, models))


def _of_choices(
    diagrams: Mapping[str, bytes],
    sources: Mapping[str, bytes],
    forms: Mapping[str, Form],
    models: Mapping[str, dmn.Model],
) -> Iterator[Finding]:
    """What is wrong with the choices in the given diagrams, with the shipped forms and those that call them beside."""
    given = {diagram.process for diagram in lint.read_sources(diagrams)[0]}
    for finding in ways.of("", sources, forms, models):
        if (finding.element or "").partition("/")[0] in given:
            yield finding


def _self_contained(diagrams: Mapping[str, bytes]) -> bool:
    """Whether the given diagrams call nothing beyond themselves."""
    return not any(b"callActivity" in text for text in diagrams.values())
