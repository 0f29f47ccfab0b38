"""How a function of the language is declared, and how a call finds the form that fits its arguments.

A declaration is written as the standard writes it: `substring(string: string, start position: number,
[length: number])`. Brackets mark what may be left out, a question mark a type that takes null, and dots a
parameter that takes all the arguments left.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from inspect import signature as python_signature
from typing import Any, NamedTuple, TypeVar

from rj_engine.feel.limits import Run
from rj_engine.feel.refusal import Fault
from rj_engine.feel.values.conformity import coerce, kind_name
from rj_engine.feel.values.functions import Function
from rj_engine.feel.values.types import ANY, BOOLEAN, CONTEXT, LIST, NUMBER, SIMPLE, STRING, Parameter, Type, list_of

LIBRARY: dict[str, BuiltIn] = {}
_DECLARATION = re.compile(r"(?P<name>[a-z ]+)\((?P<parameters>.*)\)(?: -> (?P<result>.+))?")
_PART = re.compile(
    r"(?P<optional>\[?)(?P<name>[a-zA-Z0-9 ]+): (?P<kind>[A-Za-z <>]+)(?P<null>\??)(?P<rest>(?:\.\.\.)?)\]?"
)
_KINDS: Mapping[str, Type] = {
    **SIMPLE,
    "any": ANY,
    "list<number>": list_of(NUMBER),
    "list<string>": list_of(STRING),
    "list<boolean>": list_of(BOOLEAN),
}
_Implementation = TypeVar("_Implementation", bound=Callable[..., object])


class Slot(NamedTuple):
    """One parameter of one form of a function."""

    name: str
    kind: Type
    optional: bool
    nullable: bool
    rest: bool
    quick: type | None
    """The class whose values fit without a closer look."""


class Form(NamedTuple):
    """One way to call a function."""

    slots: tuple[Slot, ...]
    required: int
    most: int
    wants_run: bool
    weight: int
    implementation: Callable[..., object]


class BuiltIn(Function):
    """A function of the language, with one or more forms."""

    __slots__ = ("forms",)

    def __init__(self, name: str, result: Type) -> None:
        super().__init__(name, (), self.invoke, result)
        self.forms: list[Form] = []

    def invoke(self, arguments: list[object], run: Run) -> object:
        """Call the first form that these arguments fit."""
        fault: Fault | None = None
        for form in self.forms:
            if form.required <= len(arguments) <= form.most:
                run.spend(form.weight + sum(map(_size, arguments)))
                try:
                    fitted = _fit(form, arguments, run)
                except Fault as found:
                    fault = found
                    continue
                return form.implementation(run, *fitted) if form.wants_run else form.implementation(*fitted)
        raise fault or Fault(f"{self.name} cannot take {len(arguments)} arguments.", "wrong_arguments")

    def invoke_named(self, arguments: Mapping[str, object], run: Run) -> object:
        """Call the first form that has these parameters and that these arguments fit."""
        fault = Fault(f"{self.name} has no parameters {', '.join(arguments)}.", "wrong_arguments")
        for form in self.forms:
            names = {slot.name for slot in form.slots}
            needed = {slot.name for slot in form.slots if not slot.optional}
            if needed <= set(arguments) <= names:
                run.spend(form.weight + sum(map(_size, arguments.values())))
                try:
                    fitted = _fit_named(form, arguments, run)
                except Fault as found:
                    fault = found
                    continue
                return form.implementation(run, *fitted) if form.wants_run else form.implementation(*fitted)
        raise fault


def _size(argument: object) -> int:
    """Return what the length of an argument costs of the budget."""
    if type(argument) is list:
        return len(argument) // 16
    return len(argument) // 200 if type(argument) is str else 0


def _fit_named(form: Form, arguments: Mapping[str, object], run: Run) -> list[object]:
    fitted: list[object] = []
    for slot in form.slots:
        value = arguments.get(slot.name)
        if slot.name not in arguments:
            fitted.append(None)
        elif slot.rest:
            fitted.append([_fit_one(slot, item, run) for item in (value if isinstance(value, list) else [value])])
        else:
            fitted.append(_fit_one(slot, value, run))
    return fitted


def _fit(form: Form, arguments: list[object], run: Run) -> list[object]:
    fitted: list[object] = []
    for place, slot in enumerate(form.slots):
        if slot.rest:
            fitted.append([_fit_one(slot, argument, run) for argument in arguments[place:]])
        elif place < len(arguments):
            fitted.append(_fit_one(slot, arguments[place], run))
        else:
            fitted.append(None)
    return fitted


def _fit_one(slot: Slot, value: object, run: Run) -> object:
    if value is None:
        if slot.nullable:
            return None
        raise Fault(f"{slot.name} is null.", "null_argument")
    if slot.kind is ANY or type(value) is slot.quick:
        return value
    fitted = coerce(value, slot.kind, run)
    if fitted is None:
        raise Fault(f"{slot.name} must be a {slot.kind}, not a {kind_name(value)}.", "wrong_type")
    return fitted


_QUICK: Mapping[Type, type] = {NUMBER: Decimal, STRING: str, BOOLEAN: bool, LIST: list, CONTEXT: dict}


def built_in(declaration: str, weight: int = 8) -> Callable[[_Implementation], _Implementation]:
    """Declare one form of a function; the implementation gets what the declaration promises.

    `weight` is what a call costs of the budget, beside what the implementation spends itself.
    """
    found = _DECLARATION.fullmatch(declaration)
    if found is None:
        raise ValueError(declaration)
    slots = tuple(_slot(part) for part in re.split(r", ", found["parameters"]) if part)
    required = sum(not (slot.optional or slot.rest) for slot in slots)
    most = 10**6 if slots and slots[-1].rest else len(slots)

    def register(implementation: _Implementation) -> _Implementation:
        name, result = found["name"], _KINDS[found["result"] or "any"]
        function = LIBRARY.setdefault(name, BuiltIn(name, result))
        wants_run = "run" in python_signature(implementation).parameters
        function.forms.append(Form(slots, required, most, wants_run, weight, implementation))
        if not function.parameters:
            function.parameters = tuple(Parameter(slot.name, slot.kind) for slot in slots if not slot.optional)
        return implementation

    return register


def _slot(text: str) -> Slot:
    found = _PART.fullmatch(text)
    if found is None:
        raise ValueError(text)
    kind = _KINDS[found["kind"]]
    return Slot(
        found["name"], kind, bool(found["optional"]), bool(found["null"]), bool(found["rest"]), _QUICK.get(kind)
    )


Rest = list[Any]


def as_one_list(arguments: Rest) -> Rest:
    """Return the list a function is about: its only argument if that is a list, else all of them."""
    if len(arguments) == 1 and isinstance(arguments[0], list):
        return arguments[0]
    if not arguments or arguments == [None]:
        raise Fault("list is null or missing.", "null_argument")
    return arguments
