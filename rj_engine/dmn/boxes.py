"""Boxed expressions as closures: DMN 1.5, 7.3 and 10.2."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Final

from rj_engine import feel
from rj_engine.dmn import elements
from rj_engine.dmn.functions import call_named, defined_function
from rj_engine.dmn.run import Evaluate, Frame
from rj_engine.dmn.scopes import Scope
from rj_engine.dmn.tables import compile_table
from rj_engine.dmn.types import ANYTHING, Kind, convert

_ITEMS: Final = feel.compile_expression("for one in source return one", ("source",))


def compile_boxed(box: elements.Boxed, scope: Scope) -> Evaluate:
    """Something to run for any expression, with its result converted to the type its author gave it."""
    evaluate = _COMPILERS[type(box)](box, scope)
    return typed(evaluate, scope.kind(box.type_ref, box.element, box.line), scope.owner, box.element)


def typed(evaluate: Evaluate, kind: Kind, what: str, element: str | None) -> Evaluate:
    """The same, with its result converted to a type, or null and a warning."""
    if kind is ANYTHING:
        return evaluate

    def converted(frame: Frame) -> object:
        result = convert(evaluate(frame), kind, frame.run.feel)
        if result.problem is not None:
            frame.run.fail("wrong_type", f"{what} {result.problem}, so it is null.", element)
        return result.value

    return converted


def _context(box: elements.Context, scope: Scope) -> Evaluate:
    steps: list[tuple[str | None, Evaluate]] = []
    inner = scope
    for entry in box.entries:
        evaluate = compile_boxed(entry.value, inner)
        if entry.variable is None:
            steps.append((None, evaluate))
            continue
        kind = scope.kind(entry.variable.type_ref, box.element, box.line)
        steps.append((entry.variable.name, typed(evaluate, kind, entry.variable.name, box.element)))
        inner = inner.with_names([entry.variable.name])

    def context(frame: Frame) -> object:
        inside = frame.inside()
        values: dict[str, object] = {}
        for name, step in steps:
            value = step(inside)
            if name is None:
                return value
            values[name] = inside.names[name] = value
        return values

    return context


def _list(box: elements.BoxedList, scope: Scope) -> Evaluate:
    items = [compile_boxed(one, scope) for one in box.items]
    return lambda frame: [item(frame) for item in items]


def _relation(box: elements.Relation, scope: Scope) -> Evaluate:
    columns = [(one.name, scope.kind(one.type_ref, box.element, box.line)) for one in box.columns]
    rows = [
        [
            (name, typed(compile_boxed(cell, scope), kind, name, box.element))
            for (name, kind), cell in zip(columns, row, strict=True)
        ]
        for row in box.rows
    ]
    return lambda frame: [{name: cell(frame) for name, cell in row} for row in rows]


def _function(box: elements.FunctionDefinition, scope: Scope) -> Evaluate:
    inner = scope.with_names(one.name for one in box.parameters)
    body = compile_boxed(box.body, inner)
    return defined_function(box, body, scope)


def _invocation(box: elements.Invocation, scope: Scope) -> Evaluate:
    callee = compile_boxed(box.callee, scope)
    bindings = {name: compile_boxed(value, scope) for name, value in box.bindings}

    def invoke(frame: Frame) -> object:
        arguments = {name: value(frame) for name, value in bindings.items()}
        return call_named(callee(frame), arguments, frame.run, scope.owner, box.element)

    return invoke


def _conditional(box: elements.Conditional, scope: Scope) -> Evaluate:
    condition = compile_boxed(box.condition, scope)
    then, otherwise = compile_boxed(box.then, scope), compile_boxed(box.otherwise, scope)
    return lambda frame: then(frame) if condition(frame) is True else otherwise(frame)


def _items(value: object, frame: Frame) -> list[object] | None:
    if value is None or isinstance(value, list):
        return value
    if not isinstance(value, feel.Range):
        return [value]
    found = _ITEMS.evaluate({"source": value}, frame.run.feel)
    return found if isinstance(found, list) else None


def _filter(box: elements.Filter, scope: Scope) -> Evaluate:
    source = compile_boxed(box.source, scope)
    match = compile_boxed(box.match, scope.with_names(["item"]))

    def passing(frame: Frame) -> object:
        items = source(frame)
        if items is None:
            return None
        kept: list[object] = []
        listed = items if isinstance(items, list) else [items]
        for item in listed:
            entries = item if isinstance(item, dict) else {}
            found = match(Frame({**frame.names, "item": item, **entries}, frame.run))
            if isinstance(found, Decimal):
                return _at(listed, found)
            if found is not None and not isinstance(found, bool):
                frame.run.warn("not_boolean", f"The filter in {scope.owner} is neither true nor false.", box.element)
                return None
            if found is True:
                kept.append(item)
        return kept

    return passing


def _at(items: list[object], position: Decimal) -> object:
    index = int(position)
    if position != index or not 0 < abs(index) <= len(items):
        return None
    return items[index - 1 if index > 0 else index]


def _iteration(box: elements.Iteration, scope: Scope) -> Evaluate:
    source = _source(box, scope)
    looks_back = box.kind == "for"
    body = compile_boxed(box.body, scope.with_names([box.variable, *(["partial"] if looks_back else [])]))
    conclude = _QUANTIFIERS.get(box.kind)

    def iterate(frame: Frame) -> object:
        items = _items(source(frame), frame)
        if items is None:
            return None
        results: list[object] = []
        for item in items:
            inside = {**frame.names, box.variable: item}
            if looks_back:
                frame.run.feel.spend(len(results))
                inside["partial"] = results.copy()
            results.append(body(Frame(inside, frame.run)))
        return results if conclude is None else conclude(results)

    return iterate


def _source(box: elements.Iteration, scope: Scope) -> Evaluate:
    kind = scope.kind(box.variable_type, box.element, box.line)
    if isinstance(box.source, elements.Literal) and ".." in box.source.text:
        try:  # `1..5` may stand after `in` although it is no expression by itself
            feel.compile_expression(box.source.text, scope.names)
        except feel.ExpressionRefused:
            items = f"for one in {box.source.text}\nreturn one"
            return scope.literal(replace(box.source, text=items))
    return typed(compile_boxed(box.source, scope), kind, scope.owner, box.element)


def _some(results: list[object]) -> bool | None:
    if any(one is True for one in results):
        return True
    return False if all(one is False for one in results) else None


def _every(results: list[object]) -> bool | None:
    if any(one is False for one in results):
        return False
    return True if all(one is True for one in results) else None


_QUANTIFIERS: Final = {"some": _some, "every": _every}
_COMPILERS: Final[dict[type[elements.Boxed], Callable[..., Evaluate]]] = {
    elements.Literal: lambda box, scope: scope.literal(box),
    elements.Context: _context,
    elements.BoxedList: _list,
    elements.Relation: _relation,
    elements.FunctionDefinition: _function,
    elements.Invocation: _invocation,
    elements.Conditional: _conditional,
    elements.Filter: _filter,
    elements.Iteration: _iteration,
    elements.DecisionTable: compile_table,
}
