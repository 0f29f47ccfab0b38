"""Functions a model defines, as FEEL calls them: DMN 1.5, 6.3.9 and 7.3.6."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rj_engine import feel
from rj_engine.dmn import elements
from rj_engine.dmn.run import Evaluate, Frame, Run
from rj_engine.dmn.scopes import Scope
from rj_engine.dmn.types import Kind, convert
from rj_engine.feel.values.types import ANY

Parameters = Sequence[tuple[str, Kind]]
Answer = Callable[[dict[str, object]], object]


def make_function(name: str, parameters: Parameters, answer: Answer, result: Kind, run: Run) -> feel.Function:
    """A function FEEL can call; arguments that do not conform leave it uncalled, and its result is converted."""

    def body(arguments: list[object], _spent: feel.Run) -> object:
        given: dict[str, object] = {}
        for (parameter, kind), argument in zip(parameters, arguments, strict=True):
            converted = convert(argument, kind, run.feel)
            if converted.problem is not None:
                run.warn("wrong_argument", f"{parameter} of {name} {converted.problem}, so {name} is not called.")
                return None
            given[parameter] = converted.value
        found = convert(answer(given), result, run.feel)
        if found.problem is not None:
            run.warn("wrong_type", f"The result of {name} {found.problem}, so it is null.")
        return found.value

    # FEEL is stricter about functions as arguments than `convert`, which looks at them in its turn.
    shown = [(parameter, ANY if kind.base.name == "function" else kind.base) for parameter, kind in parameters]
    return feel.Function(name, [feel.Parameter(*one) for one in shown], body, result.base)


def call_named(function: object, arguments: Mapping[str, object], run: Run, what: str, element: str | None) -> object:
    """Call by parameter name from a boxed invocation; what is no function, or takes other names, gives null."""
    if not isinstance(function, feel.Function):
        run.warn("not_a_function", f"What {what} invokes is not a function.", element)
        return None
    try:
        return function.invoke_named(arguments, run.feel)
    except feel.Fault as fault:
        run.warn(fault.code, f"In {what}: {fault.message}", element)
        return None


def defined_function(box: elements.FunctionDefinition, body: Evaluate, scope: Scope) -> Evaluate:
    """A boxed function with the names around it closed over."""
    parameters = [(one.name, scope.kind(one.type_ref, box.element, box.line)) for one in box.parameters]
    result = scope.kind(box.body.type_ref, box.element, box.line)

    def define(frame: Frame) -> feel.Function:
        def answer(arguments: dict[str, object]) -> object:
            return body(Frame({**frame.names, **arguments}, frame.run))

        return make_function(f"the function in {scope.owner}", parameters, answer, result, frame.run)

    return define
