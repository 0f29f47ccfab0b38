"""If, lists, contexts, function definitions and calls."""

from __future__ import annotations

from rj_engine.feel.compiler.dispatch import code_of, compiles
from rj_engine.feel.compiler.operators import not_boolean
from rj_engine.feel.compiler.scope import Code, Compilation, Env, Scope
from rj_engine.feel.limits import Run, fits_list
from rj_engine.feel.refusal import Fault, Place
from rj_engine.feel.syntax import tree
from rj_engine.feel.values.conformity import kind_name
from rj_engine.feel.values.functions import Function
from rj_engine.feel.values.types import ANY

_CALL_FRAMES = 3
"""Python frames of a call beside those of the body."""


@compiles(tree.If)
def _if(node: tree.If, scope: Scope, work: Compilation) -> Code:
    condition, yes, no = (code_of(part, scope, work) for part in (node.condition, node.yes, node.no))
    place = work.place(node)

    def if_(env: Env) -> object:
        chosen = condition(env)
        if chosen is True:
            return yes(env)
        not_boolean(chosen, env.run, place)
        return no(env)

    return if_


@compiles(tree.ListOf)
def _list_of(node: tree.ListOf, scope: Scope, work: Compilation) -> Code:
    items = [code_of(item, scope, work) for item in node.items]
    fits_list(len(items))
    return lambda env: [item(env) for item in items]


@compiles(tree.ContextOf)
def _context_of(node: tree.ContextOf, scope: Scope, work: Compilation) -> Code:
    inner = Scope(set(), scope)
    entries: list[tuple[str, Code]] = []
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(value, tree.Definition):
            inner.names.add(key)  # a function may call itself
        entries.append((key, code_of(value, inner, work)))
        inner.names.add(key)

    def context_of(env: Env) -> dict[str, object]:
        values: dict[str, object] = {}
        inside = Env(values, env, env.given, env.run)
        for key, value in entries:
            values[key] = value(inside)
        return values

    return context_of


@compiles(tree.Definition)
def _definition(node: tree.Definition, scope: Scope, work: Compilation) -> Code:
    names = [parameter.name for parameter in node.parameters]
    parameters = tuple(node.parameters)
    height = tree.measure(node.body)[0] + _CALL_FRAMES
    place = work.place(node)
    body = code_of(node.body, Scope(set(names), scope), work)
    if node.external:
        return _external(place)

    def definition(env: Env) -> Function:
        def call(arguments: list[object], run: Run) -> object:
            return body(Env(dict(zip(names, arguments, strict=True)), env, env.given, run))

        return Function("This function", parameters, call, ANY, height)

    return definition


def _external(place: Place) -> Code:
    def external(env: Env) -> None:
        env.run.warn("external", "Functions outside FEEL are never called.", place)

    return external


@compiles(tree.Call)
def _call(node: tree.Call, scope: Scope, work: Compilation) -> Code:
    function = code_of(node.function, scope, work)
    arguments = [code_of(argument, scope, work) for argument in node.arguments]
    place, names = work.place(node), node.names
    what = node.function.name if isinstance(node.function, tree.Name) else "This"

    def call(env: Env) -> object:
        found = function(env)
        values = [argument(env) for argument in arguments]
        run = env.run
        try:
            if isinstance(found, Function):
                if names is None:
                    return found.invoke(values, run)
                return found.invoke_named(_by_name(names, values), run)
            run.warn("not_a_function", f"{what} is not a function but a {kind_name(found)}.", place)
        except Fault as fault:
            run.warn(fault.code, fault.message, place)
        return None

    return call


def _by_name(names: list[str], values: list[object]) -> dict[str, object]:
    named = dict(zip(names, values, strict=True))
    if len(named) != len(names):
        raise Fault("An argument is given twice.", "wrong_arguments")
    return named
