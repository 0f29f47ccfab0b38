"""Arithmetic, comparison and three-valued logic."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal, DecimalException
from typing import Any

from rj_engine.feel.compiler.dispatch import code_of, compiles
from rj_engine.feel.compiler.scope import Code, Compilation, Env, Scope
from rj_engine.feel.limits import Run
from rj_engine.feel.refusal import Fault, Place
from rj_engine.feel.syntax import tree
from rj_engine.feel.values import numbers
from rj_engine.feel.values.arithmetic import calculate, negated
from rj_engine.feel.values.comparing import equal, order
from rj_engine.feel.values.conformity import conforms, kind_name
from rj_engine.feel.values.types import is_complete

_FAST: Mapping[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": numbers.add,
    "-": numbers.subtract,
    "*": numbers.multiply,
}
_POWER, _CALENDAR = 200, 45
"""What a power, and the sum of a date and a duration, cost of the budget."""
_ORDERS: Mapping[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_DIRECT: Mapping[str, Callable[[Any, Any], bool]] = {**_ORDERS, "=": operator.eq, "!=": operator.ne}


@compiles(tree.Negation)
def _negation(node: tree.Negation, scope: Scope, work: Compilation) -> Code:
    operand, place = code_of(node.operand, scope, work), work.place(node)

    def negation(env: Env) -> object:
        try:
            return negated(operand(env))
        except Fault as fault:
            env.run.warn(fault.code, fault.message, place)
            return None

    return negation


@compiles(tree.Chain)
def _chain(node: tree.Chain, scope: Scope, work: Compilation) -> Code:
    first, *rest = (code_of(operand, scope, work) for operand in node.operands)
    place = work.place(node)
    if len(rest) == 1:
        return _pair(node.operators[0], first, rest[0], place)
    steps = list(zip(node.operators, rest, strict=True))

    def chain(env: Env) -> object:
        value = first(env)
        try:
            for sign, operand in steps:
                value = _weighed(sign, value, operand(env), env.run)
        except Fault as fault:
            env.run.warn(fault.code, fault.message, place)
            return None
        return value

    return chain


def _weighed(sign: str, left: object, right: object, run: Run) -> object:
    if sign == "**":
        run.spend(_POWER)
    elif type(right) is not Decimal:
        run.spend(_CALENDAR)
    return calculate(sign, left, right)


def _pair(sign: str, left: Code, right: Code, place: Place) -> Code:
    fast = _FAST.get(sign)

    def pair(env: Env) -> object:
        one, other = left(env), right(env)
        try:
            if fast and type(one) is Decimal and type(other) is Decimal:
                return fast(one, other)
            return _weighed(sign, one, other, env.run)
        except DecimalException:
            env.run.warn("not_a_number", "The result is too large for a number.", place)
        except Fault as fault:
            env.run.warn(fault.code, fault.message, place)
        return None

    return pair


@compiles(tree.Junction)
def _junction(node: tree.Junction, scope: Scope, work: Compilation) -> Code:
    decides = node.word == "or"
    parts = [code_of(operand, scope, work) for operand in node.operands]
    place, neutral = work.place(node), not decides
    if len(parts) == 2:  # noqa: PLR2004 - nearly every condition has two parts, so they have their own code
        return _two(decides, parts[0], parts[1], place)

    def junction(env: Env) -> bool | None:
        result: bool | None = neutral
        for part in parts:
            value = part(env)
            if value is decides:
                return decides
            if value is not neutral:
                not_boolean(value, env.run, place)
                result = None
        return result

    return junction


def _two(decides: bool, left: Code, right: Code, place: Place) -> Code:
    neutral = not decides

    def two(env: Env) -> bool | None:
        one = left(env)
        if one is decides:
            return decides
        other = right(env)
        if other is decides:
            return decides
        if one is neutral and other is neutral:
            return neutral
        not_boolean(one, env.run, place)
        not_boolean(other, env.run, place)
        return None

    return two


def not_boolean(value: object, run: Run, place: Place) -> None:
    """Warn when a value that should be true or false is neither, nor null."""
    if value is not None and not isinstance(value, bool):
        run.warn("wrong_type", f"Expected true or false, found a {kind_name(value)}.", place)


@compiles(tree.Comparison)
def _comparison(node: tree.Comparison, scope: Scope, work: Compilation) -> Code:
    left, right, place = code_of(node.left, scope, work), code_of(node.right, scope, work), work.place(node)
    sign = node.operator
    direct = _DIRECT[sign]
    slow = comparer(sign, place)
    if isinstance(node.right, tree.Literal) and type(node.right.value) in {str, Decimal}:
        return _with_constant(direct, left, node.right.value, slow)

    def comparison(env: Env) -> bool | None:
        one, other = left(env), right(env)
        kind = type(one)
        if kind is type(other) and (kind is Decimal or kind is str):
            return direct(one, other)
        return slow(one, other, env.run)

    return comparison


def _with_constant(direct: Callable[[Any, Any], bool], left: Code, constant: object, slow: Comparer) -> Code:
    kind = type(constant)

    def comparison(env: Env) -> bool | None:
        value = left(env)
        if type(value) is kind:
            return direct(value, constant)
        return slow(value, constant, env.run)

    return comparison


Comparer = Callable[[object, object, Run], bool | None]


def comparer(sign: str, place: Place) -> Comparer:
    """Return the function that compares two values of any kind with an operator."""
    if sign in {"=", "!="}:
        return _equality(sign == "=", place)
    test = _ORDERS[sign]

    def compare(left: object, right: object, run: Run) -> bool | None:
        found = order(left, right)
        if found is not None:
            return test(found, 0)
        run.warn("not_comparable", f"Cannot compare a {kind_name(left)} and a {kind_name(right)}.", place)
        return None

    return compare


def _equality(wanted: bool, place: Place) -> Comparer:
    def compare(left: object, right: object, run: Run) -> bool | None:
        found = equal(left, right, run)
        if found is not None:
            return found is wanted
        run.warn("not_comparable", f"Cannot compare a {kind_name(left)} and a {kind_name(right)}.", place)
        return None

    return compare


@compiles(tree.Between)
def _between(node: tree.Between, scope: Scope, work: Compilation) -> Code:
    value, low, high = (code_of(part, scope, work) for part in (node.value, node.low, node.high))
    at_least, at_most = comparer(">=", work.place(node)), comparer("<=", work.place(node))

    def between(env: Env) -> bool | None:
        middle = value(env)
        above = at_least(middle, low(env), env.run)
        below = at_most(middle, high(env), env.run)
        if above is False or below is False:
            return False
        return above and below

    return between


@compiles(tree.InstanceOf)
def _instance_of(node: tree.InstanceOf, scope: Scope, work: Compilation) -> Code:
    value, kind, place = code_of(node.value, scope, work), node.type, work.place(node)
    complete = is_complete(kind)

    def instance_of(env: Env) -> bool | None:
        found = value(env)
        if not complete:
            env.run.warn("unknown_type", f"{kind} is not a whole type.", place)
            return None
        if found is None:
            return kind.name == "Null"
        return conforms(found, kind, env.run)

    return instance_of
