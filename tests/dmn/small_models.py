"""Builds the smallest DMN files that show one thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from rj_engine import dmn

NAMESPACES = {
    "1.1": "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "1.2": "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "1.3": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "1.4": "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "1.5": "https://www.omg.org/spec/DMN/20230324/MODEL/",
}


def attributes(**values: str | None) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in values.items() if value is not None)


def a_file(*parts: str, version: str = "1.5", namespace: str = "urn:small", name: str = "small") -> bytes:
    head = f"<definitions xmlns={quoteattr(NAMESPACES[version])}"
    return f"{head}{attributes(id='small', name=name, namespace=namespace)}>{''.join(parts)}</definitions>".encode()


def a_model(*parts: str, **options: Any) -> dmn.Model:
    lenient = options.pop("lenient", False)
    imports = options.pop("imports", {})
    return dmn.load(a_file(*parts, **options), imports, lenient=lenient)


def a_fact(name: str, type_ref: str | None = None) -> str:
    variable = f"<variable{attributes(name=name, typeRef=type_ref)}/>"
    return f"<inputData{attributes(id=_id(name), name=name)}>{variable}</inputData>"


def a_decision(name: str, logic: str = "", needs: Sequence[str] = (), type_ref: str | None = None) -> str:
    variable = f"<variable{attributes(name=name, typeRef=type_ref)}/>"
    return f"<decision{attributes(id=_id(name), name=name)}>{variable}{_needs(needs)}{logic}</decision>"


def a_knowledge_model(
    name: str,
    logic: str = "",
    parameters: Mapping[str, str | None] | None = None,
    needs: Sequence[str] = (),
    type_ref: str | None = None,
    kind: str | None = None,
) -> str:
    body = f"<encapsulatedLogic{attributes(kind=kind)}>{_parameters(parameters)}{logic}</encapsulatedLogic>"
    variable = f"<variable{attributes(name=name, typeRef=type_ref)}/>"
    return (
        f"<businessKnowledgeModel{attributes(id=_id(name), name=name)}>"
        f"{variable}{body if logic else ''}{_needs(needs)}</businessKnowledgeModel>"
    )


def a_service(
    name: str,
    outputs: Sequence[str],
    decisions: Sequence[str] = (),
    facts: Sequence[str] = (),
    type_ref: str | None = None,
) -> str:
    variable = f"<variable{attributes(name=name, typeRef=type_ref)}/>"
    parts = [
        *(f"<outputDecision href={quoteattr(_href(one))}/>" for one in outputs),
        *(f"<inputDecision href={quoteattr(_href(one))}/>" for one in decisions),
        *(f"<inputData href={quoteattr(_href(one))}/>" for one in facts),
    ]
    return f"<decisionService{attributes(id=_id(name), name=name)}>{variable}{''.join(parts)}</decisionService>"


def a_type(
    name: str,
    base: str | None = None,
    *,
    many: bool = False,
    allowed: str | None = None,
    constraint: str | None = None,
    parts: str = "",
    tag: str = "itemDefinition",
) -> str:
    inner = f"<typeRef>{escape(base)}</typeRef>" if base else ""
    inner += f"<allowedValues><text>{escape(allowed)}</text></allowedValues>" if allowed else ""
    inner += f"<typeConstraint><text>{escape(constraint)}</text></typeConstraint>" if constraint else ""
    return f"<{tag}{attributes(name=name, isCollection='true' if many else None)}>{inner}{parts}</{tag}>"


def a_part(name: str, base: str | None = None, **options: Any) -> str:
    return a_type(name, base, tag="itemComponent", **options)


def an_import(name: str, namespace: str) -> str:
    return f"<import{attributes(name=name, namespace=namespace, importType=NAMESPACES['1.5'])}/>"


def a_literal(text: str, type_ref: str | None = None) -> str:
    return f"<literalExpression{attributes(typeRef=type_ref)}><text>{escape(text)}</text></literalExpression>"


def a_context(*entries: tuple[str | None, str], types: Mapping[str, str] | None = None) -> str:
    known = types or {}
    lines = []
    for name, value in entries:
        variable = f"<variable{attributes(name=name, typeRef=known.get(name))}/>" if name else ""
        lines.append(f"<contextEntry>{variable}{value}</contextEntry>")
    return f"<context>{''.join(lines)}</context>"


def a_function(logic: str, parameters: Mapping[str, str | None] | None = None, kind: str | None = None) -> str:
    return f"<functionDefinition{attributes(kind=kind)}>{_parameters(parameters)}{logic}</functionDefinition>"


def an_invocation(callee: str, **bindings: str) -> str:
    lines = [f"<binding><parameter name={quoteattr(name)}/>{value}</binding>" for name, value in bindings.items()]
    return f"<invocation>{a_literal(callee)}{''.join(lines)}</invocation>"


def a_table(
    inputs: Sequence[Any],
    outputs: Sequence[Any],
    rows: Sequence[Sequence[str]],
    *,
    hit: str | None = None,
    aggregation: str | None = None,
    type_ref: str | None = None,
) -> str:
    """Inputs are `text`, `(text, type)` or `(text, type, values)`; outputs a name or a dict; a row its cells."""
    columns = "".join(_input(one) for one in inputs) + "".join(
        _output(one, number) for number, one in enumerate(outputs)
    )
    rules = "".join(_rule(row, number, len(inputs)) for number, row in enumerate(rows, start=1))
    head = attributes(id="table", hitPolicy=hit, aggregation=aggregation, typeRef=type_ref)
    return f"<decisionTable{head}>{columns}{rules}</decisionTable>"


def _input(one: Any) -> str:
    text, type_ref, values = (one, None, None) if isinstance(one, str) else (*one, None)[:3]
    allowed = f"<inputValues><text>{escape(values)}</text></inputValues>" if values else ""
    asked = f"<inputExpression{attributes(typeRef=type_ref)}><text>{escape(text)}</text></inputExpression>"
    return f"<input{attributes(id=f'in_{_id(text)}')}>{asked}{allowed}</input>"


def _output(one: Any, number: int) -> str:
    parts = {"name": one} if isinstance(one, str) else dict(one)
    inner = ""
    for key, tag in (("values", "outputValues"), ("default", "defaultOutputEntry")):
        if key in parts:
            inner += f"<{tag}><text>{escape(parts.pop(key))}</text></{tag}>"
    return f"<output{attributes(id=f'out_{number}', **parts)}>{inner}</output>"


def _rule(cells: Sequence[str], number: int, inputs: int) -> str:
    tags = ["inputEntry"] * inputs + ["outputEntry"] * (len(cells) - inputs)
    inner = "".join(f"<{tag}><text>{escape(cell)}</text></{tag}>" for tag, cell in zip(tags, cells, strict=True))
    return f"<rule id='r{number}'>{inner}</rule>"


def _parameters(parameters: Mapping[str, str | None] | None) -> str:
    return "".join(
        f"<formalParameter{attributes(name=name, typeRef=type_ref)}/>" for name, type_ref in (parameters or {}).items()
    )


def _needs(names: Sequence[str]) -> str:
    """A name stands for a fact, `!name` for a decision, `?name` for something to call."""
    found = []
    for name in names:
        tag = {"!": "requiredDecision", "?": "requiredKnowledge"}.get(name[0], "requiredInput")
        kind = "knowledgeRequirement" if name[0] == "?" else "informationRequirement"
        found.append(f"<{kind}><{tag} href={quoteattr(_href(name.lstrip('!?')))}/></{kind}>")
    return "".join(found)


def _href(name: str) -> str:
    return name if "#" in name else f"#{_id(name)}"


def _id(name: str) -> str:
    return "_" + "".join(letter if letter.isalnum() else "_" for letter in name)
