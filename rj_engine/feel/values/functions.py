"""Functions as values: those of the language, those an author writes and those a decision model defines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rj_engine.feel.limits import Run
from rj_engine.feel.refusal import Fault
from rj_engine.feel.values.conformity import fitted_argument
from rj_engine.feel.values.types import ANY, Parameter, Signature, Type

_CALL = 6
"""What a call costs of the budget, beside the height of the function."""
Body = Callable[[list[object], Run], object]


class Function(Signature):
    """A function and how to call it."""

    __slots__ = ("_body", "height")

    def __init__(
        self,
        name: str,
        parameters: Sequence[Parameter],
        body: Body,
        result: Type = ANY,
        height: int = 8,
    ) -> None:
        """`body` gets the arguments in order, fitted to their types, and the run they are part of."""
        super().__init__(name, tuple(parameters), result)
        self.height = height
        self._body = body

    def invoke(self, arguments: list[object], run: Run) -> object:
        """Call with arguments in order; refuses, as a fault, a wrong number or type of them."""
        if len(arguments) != len(self.parameters):
            raise Fault(
                f"{self.name} takes {len(self.parameters)} arguments; here are {len(arguments)}.", "wrong_arguments"
            )
        fitted = [
            argument if parameter.kind is ANY else fitted_argument(argument, parameter, run)
            for argument, parameter in zip(arguments, self.parameters, strict=True)
        ]
        run.spend(self.height + _CALL)
        try:
            run.deeper(self.height)
            return self._body(fitted, run)
        finally:
            run.depth -= self.height

    def invoke_named(self, arguments: Mapping[str, object], run: Run) -> object:
        """Call with arguments by parameter name; a parameter that is not given is null, no other may be given."""
        names = [parameter.name for parameter in self.parameters]
        if not set(arguments) <= set(names):
            raise Fault(f"{self.name} has the parameters {', '.join(names) or 'none'}.", "wrong_arguments")
        return self.invoke([arguments.get(name) for name in names], run)

    def __repr__(self) -> str:
        return f"<function {self.name}>"
