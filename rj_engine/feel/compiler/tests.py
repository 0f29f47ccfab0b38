"""Ranges, `in`, and the unary tests of decision tables."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from rj_engine.feel.compiler.dispatch import code_of, compiles
from rj_engine.feel.compiler.operators import comparer
from rj_engine.feel.compiler.scope import Code, Compilation, Env, Scope
from rj_engine.feel.limits import Run
from rj_engine.feel.refusal import Fault
from rj_engine.feel.syntax import tree
from rj_engine.feel.values.comparing import equal, order, within
from rj_engine.feel.values.conformity import kind_name
from rj_engine.feel.values.ranges import Range

Test = Callable[[object, Env], "bool | None"]
_BOOLEAN_NODES = (
    tree.Comparison,
    tree.Junction,
    tree.Between,
    tree.In,
    tree.InstanceOf,
    tree.Quantified,
)


@compiles(tree.Interval)
def _interval(node: tree.Interval, scope: Scope, work: Compilation) -> Code:
    low, high, place = code_of(node.low, scope, work), code_of(node.high, scope, work), work.place(node)
    low_included, high_included = node.low_included, node.high_included

    def interval(env: Env) -> Range | None:
        try:
            return _range(low(env), high(env), low_included, high_included)
        except Fault as fault:
            env.run.warn(fault.code, fault.message, place)
            return None

    return interval


def _range(low: object, high: object, low_included: bool, high_included: bool) -> Range:
    found = order(low, high)
    if found is None:
        raise Fault(f"A range cannot go from a {kind_name(low)} to a {kind_name(high)}.", "bad_range")
    if found > 0:
        raise Fault("A range goes from its lower end to its higher.", "bad_range")
    return Range(low, high, low_included, high_included)


@compiles(tree.Endpoint)
def _endpoint(node: tree.Endpoint, scope: Scope, work: Compilation) -> Code:
    end, sign, place = code_of(node.end, scope, work), node.operator, work.place(node)

    def endpoint(env: Env) -> Range | None:
        value = end(env)
        if sign == "!=" or order(value, value) is None:
            env.run.warn("bad_range", f"{sign} a {kind_name(value)} is not a range.", place)
            return None
        if sign == "=":
            return Range(value, value, start_included=True, end_included=True)
        included = sign in {"<=", ">="}
        if sign[0] == "<":
            return Range(None, value, start_included=False, end_included=included)
        return Range(value, None, start_included=included, end_included=False)

    return endpoint


def test_of(node: tree.Node, scope: Scope, work: Compilation) -> Test:
    """Return the code that tries one positive unary test on a value."""
    if isinstance(node, tree.Endpoint):
        return _endpoint_test(node, scope, work)
    code = code_of(node, scope, work)
    if isinstance(node, tree.Interval):
        return _interval_test(node, code)
    if isinstance(node, tree.Literal) and type(node.value) in {str, Decimal}:
        return _literal_test(node.value)
    if mentions_input(node):
        return lambda value, env: _outcome(code(env), value, env.run, truth=True)
    truth = isinstance(node, _BOOLEAN_NODES)
    return lambda value, env: _outcome(code(env), value, env.run, truth=truth and not isinstance(value, bool))


def _endpoint_test(node: tree.Endpoint, scope: Scope, work: Compilation) -> Test:
    end, compare = code_of(node.end, scope, work), comparer(node.operator, work.place(node))
    return lambda value, env: compare(value, end(env), env.run)


def _interval_test(node: tree.Interval, code: Code) -> Test:
    low, high = node.low, node.high
    if isinstance(low, tree.Literal) and isinstance(high, tree.Literal) and order(low.value, high.value) in {-1, 0}:
        return _constant_interval_test(Range(low.value, high.value, node.low_included, node.high_included))

    def test(value: object, env: Env) -> bool | None:
        found = code(env)
        return is_in(value, found, env.run) if isinstance(found, Range) else None

    return test


def _constant_interval_test(constant: Range) -> Test:
    low, high, kind = constant.start, constant.end, type(constant.start)
    quick = kind if kind in {str, Decimal} else None
    above: Callable[[Any, Any], bool] = operator.ge if constant.start_included else operator.gt
    below: Callable[[Any, Any], bool] = operator.le if constant.end_included else operator.lt

    def test(value: object, env: Env) -> bool | None:
        if type(value) is quick:
            return above(value, low) and below(value, high)
        return is_in(value, constant, env.run)

    return test


def _literal_test(constant: object) -> Test:
    kind = type(constant)

    def test(value: object, env: Env) -> bool | None:
        if type(value) is kind:
            return value == constant
        return is_in(value, constant, env.run)

    return test


def _outcome(found: object, value: object, run: Run, *, truth: bool) -> bool | None:
    """A test that speaks of the input itself is true or false; any other names what the input may be."""
    if truth and (found is None or isinstance(found, bool)):
        return found
    return is_in(value, found, run)


def is_in(value: object, allowed: object, run: Run) -> bool | None:
    """Tell whether a value is one of, within, or equal to what is allowed."""
    if isinstance(allowed, Range) and not isinstance(value, Range):
        return within(value, allowed)
    if isinstance(allowed, list):
        run.spend(len(allowed))
        if any(_is_item(value, item, run) for item in allowed):
            return True
        return isinstance(value, list) and equal(value, allowed, run) is True
    return equal(value, allowed, run)


def _is_item(value: object, item: object, run: Run) -> bool:
    if isinstance(item, Range) and not isinstance(value, Range):
        return within(value, item) is True
    return equal(value, item, run) is True


def mentions_input(node: tree.Node) -> bool:
    """Tell whether a test speaks of the input by its sign `?`."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        if isinstance(found, tree.Name) and found.name == "?":
            return True
        waiting.extend(tree.children(found))
    return False


@compiles(tree.In)
def _in(node: tree.In, scope: Scope, work: Compilation) -> Code:
    subject = code_of(node.value, scope, work)
    inner = Scope({"?"}, scope)
    tests = [test_of(test, inner, work) for test in node.tests]

    def in_(env: Env) -> bool | None:
        value = subject(env)
        return any_of(tests, value, Env({"?": value}, env, env.given, env.run))

    return in_


def any_of(tests: list[Test], value: object, env: Env) -> bool | None:
    """Try tests until one is true; null when none is and one has no answer."""
    result: bool | None = False
    for test in tests:
        found = test(value, env)
        if found is True:
            return True
        if found is None:
            result = None
    return result
