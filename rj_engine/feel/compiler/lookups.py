"""Literals, names and paths."""

from __future__ import annotations

from decimal import Decimal

from rj_engine.feel.compiler.dispatch import code_of, compiles
from rj_engine.feel.compiler.scope import Code, Compilation, Env, Scope
from rj_engine.feel.library import LIBRARY
from rj_engine.feel.refusal import Fault, Place
from rj_engine.feel.syntax import tree
from rj_engine.feel.values.convert import READY, to_feel
from rj_engine.feel.values.members import member

_SMALL = 10**30
"""Whole numbers below this are exact as they come."""


@compiles(tree.Literal)
def _literal(node: tree.Literal, _scope: Scope, work: Compilation) -> Code:
    value = node.value
    if not node.fault:
        return lambda _env: value
    place, fault = work.place(node), node.fault

    def broken(env: Env) -> None:
        env.run.warn("bad_literal", fault, place)

    return broken


@compiles(tree.Name)
def _name(node: tree.Name, scope: Scope, work: Compilation) -> Code:
    return reader(node.name, scope, work, work.place(node))


def reader(name: str, scope: Scope, work: Compilation, place: Place) -> Code:
    """Return the code that finds a name in the scopes around it, then in the context, then in the library."""
    hops, searched = 0, scope
    while True:
        if searched.of_item:
            outside = searched.outer or Scope(set())
            return _from_item(name, hops, _beyond(name, hops, searched, outside, work, place))
        if name in searched.names:
            return _local(name, hops)
        if searched.outer is None:
            work.free.add(name)
            return _given(name, place)
        hops, searched = hops + 1, searched.outer


def _beyond(name: str, hops: int, item_scope: Scope, outside: Scope, work: Compilation, place: Place) -> Code:
    if name in item_scope.names:
        return _local(name, hops)
    found = reader(name, outside, work, place)

    def from_outside(env: Env) -> object:
        return found(_up(env, hops + 1))

    return from_outside


def _up(env: Env, hops: int) -> Env:
    for _ in range(hops):
        env = env.outer or env
    return env


def _local(name: str, hops: int) -> Code:
    if hops == 0:
        return lambda env: env.values[name]
    if hops == 1:
        return lambda env: env.outer.values[name]  # type: ignore[union-attr] # the scope says there is one
    return lambda env: _up(env, hops).values[name]


def _from_item(name: str, hops: int, beyond: Code) -> Code:
    def from_item(env: Env) -> object:
        item = _up(env, hops).values["item"]
        if type(item) is dict and name in item:
            return item[name]
        return beyond(env)

    return from_item


def _given(name: str, place: Place) -> Code:
    built_in = LIBRARY.get(name)
    ready = READY

    def from_context(env: Env) -> object:
        try:
            value = env.given[name]
        except KeyError:
            if built_in is None:
                env.run.warn("unknown_name", f"There is no {name} here.", place)
            return built_in
        kind = type(value)
        if kind in ready:
            return value
        if kind is int and -_SMALL < value < _SMALL:  # type: ignore[operator] # as the line says
            return Decimal(value)  # type: ignore[arg-type] # as above
        if kind is Decimal and value.is_finite():  # type: ignore[attr-defined] # as above
            return value
        return _converted(env, value)

    return from_context


def _converted(env: Env, value: object) -> object:
    """Lists and contexts are converted once for each evaluation."""
    kept = env.run.converted.get(id(value))
    if kept is not None and kept[0] is value:
        return kept[1]
    result = to_feel(value)
    env.run.converted[id(value)] = (value, result)
    return result


@compiles(tree.Path)
def _path(node: tree.Path, scope: Scope, work: Compilation) -> Code:
    subject, name, place = code_of(node.subject, scope, work), node.member, work.place(node)

    def path(env: Env) -> object:
        value = subject(env)
        if type(value) is dict and name in value:
            return value[name]
        if value is None:
            env.run.warn("null_operand", f"Nothing has no {name}.", place)
            return None
        try:
            return member(value, name, env.run)
        except Fault as fault:
            env.run.warn(fault.code, fault.message, place)
            return None

    return path
