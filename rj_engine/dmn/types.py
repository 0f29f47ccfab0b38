"""The types a model names: what conforms to them, and what is converted on the way: DMN 1.5, 7.3.2 and 10.3.2.9."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from rj_engine import feel
from rj_engine.dmn.run import Run
from rj_engine.feel.values.conformity import kind_name
from rj_engine.feel.values.types import ANY, BOOLEAN, NUMBER, STRING

Check = Callable[[object], bool]
_CLASSES: Final[Mapping[feel.Type, type]] = {NUMBER: Decimal, STRING: str, BOOLEAN: bool}


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of FEEL, with what the model's author allows of it."""

    base: feel.Type
    allows: Check | None = None
    """Asked of values that conform to `base` and are not null; None where all are allowed."""
    python: type | None = None
    """The one Python class of a simple type's values, so that the common case is quick."""
    plain: frozenset[object] = frozenset()
    """Of a string type, values that surely conform; perhaps not all."""


ANYTHING: Final = Kind(ANY)


def fit(value: object, kind: Kind, run: Run) -> Converted:
    """As `convert`, remembering within one run the lists that fit."""
    if not isinstance(value, list):
        return convert(value, kind, run.feel)
    key = (id(value), id(kind))
    if key in run.fitting:
        return Converted(value)
    found = convert(value, kind, run.feel)
    if found.problem is None:
        run.fitting[id(found.value), id(kind)] = found.value
    return found


def kind_of(type_: feel.Type, allows: Check | None = None) -> Kind:
    """The kind of values of a type, narrowed to those allowed."""
    return Kind(type_, allows, _CLASSES.get(type_))


class Converted(NamedTuple):
    """A value as its type wants it; `problem` says why it became null."""

    value: object
    problem: str | None = None


def convert(value: object, kind: Kind, run: feel.Run) -> Converted:
    """A value as `kind` wants it: itself, out of or into a list of one, a date as midnight UTC, or null."""
    if value is None or kind is ANYTHING:
        return Converted(value)
    if type(value) is kind.python and (kind.allows is None or kind.allows(value)):
        return Converted(value)
    fitted = value if _may_stand(value, kind.base) else feel.coerce(value, kind.base, run)
    if fitted is None:
        return Converted(None, f"is a {kind_name(value)} and not a {kind.base}")
    if kind.allows is not None and not kind.allows(fitted):
        return Converted(None, "is none of the values allowed")
    return Converted(fitted)


def _may_stand(value: object, wanted: feel.Type) -> bool:
    """Whether a function may stand for another: what its author left untyped may be anything."""
    if not isinstance(value, feel.Function) or wanted.name != "function" or wanted.item is None:
        return False
    given = [*(parameter.kind for parameter in value.parameters), value.result]
    expected = [*(member for _, member in wanted.members or ()), wanted.item]
    return len(given) == len(expected) and all(
        ANY in (one, other) or one == other for one, other in zip(given, expected, strict=True)
    )


def each(check: Check) -> Check:
    """The same check for every item of a list that is not null."""

    def every(value: object) -> bool:
        return isinstance(value, list) and all(one is None or check(one) for one in value)

    return every


def parts(checks: Mapping[str, Check]) -> Check:
    """Checks of a context's entries by name."""

    def all_parts(value: object) -> bool:
        return isinstance(value, dict) and all(
            value.get(name) is None or check(value[name]) for name, check in checks.items()
        )

    return all_parts


def both(first: Check | None, second: Check | None) -> Check | None:
    """Both checks, where there are two."""
    if first is None or second is None:
        return first or second
    left, right = first, second
    return lambda value: left(value) and right(value)
