"""The types of the language (DMN 1.5, 10.3.2.9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Type:
    """A type: a simple one by name, or `list`, `range`, `context` or `function` with its parts."""

    name: str
    item: Type | None = None
    """Of a list or range; the result of a function."""
    members: tuple[tuple[str, Type], ...] | None = None
    """Of a context by name; of a function in order, with their names where they are known."""

    def __str__(self) -> str:
        parts = ", ".join(f"{name}: {kind}" for name, kind in self.members or ())
        if self.name == "function" and self.item:
            return f"function<{', '.join(str(kind) for _, kind in self.members or ())}> -> {self.item}"
        if self.item:
            return f"{self.name}<{self.item}>"
        return f"context<{parts}>" if self.members else self.name


ANY = Type("Any")
NULL = Type("Null")
NUMBER = Type("number")
STRING = Type("string")
BOOLEAN = Type("boolean")
DATE = Type("date")
TIME = Type("time")
DATE_TIME = Type("date and time")
DAYS = Type("days and time duration")
YEARS = Type("years and months duration")
LIST = Type("list")
CONTEXT = Type("context")
RANGE = Type("range")
FUNCTION = Type("function")
SIMPLE: Mapping[str, Type] = {
    kind.name: kind
    for kind in (ANY, NULL, NUMBER, STRING, BOOLEAN, DATE, TIME, DATE_TIME, DAYS, YEARS, CONTEXT, FUNCTION)
} | {
    "list": LIST,
    "range": RANGE,
    "dateTime": DATE_TIME,
    "dayTimeDuration": DAYS,
    "yearMonthDuration": YEARS,
    "days and time duration": DAYS,
}


def unknown_type(name: str) -> Type:
    """Return the type that stands for a name nobody knows; no value conforms to it."""
    return Type(f"?{name}")


def is_complete(kind: Type) -> bool:
    """Tell whether a type says all it must: known names only, and parts for a list, range, context or function."""
    if kind.name.startswith("?") or (kind.name in {"list", "range", "function"} and kind.item is None):
        return False
    if kind.name == "context" and not kind.members:
        return False
    parts = [part for _, part in kind.members or ()] + ([kind.item] if kind.item else [])
    return all(map(is_complete, parts))


def list_of(item: Type) -> Type:
    """Return the type of lists of `item`."""
    return Type("list", item)


class Parameter(NamedTuple):
    """One parameter of a function."""

    name: str
    kind: Type = ANY


class Signature:
    """What a function takes and gives."""

    __slots__ = ("name", "parameters", "result")

    def __init__(self, name: str, parameters: tuple[Parameter, ...], result: Type = ANY) -> None:
        self.name = name
        self.parameters = parameters
        self.result = result
