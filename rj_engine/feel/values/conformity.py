"""What conforms to a type, and how a value is fitted to one (DMN 1.5, 10.3.2.9.1 to 10.3.2.9.4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from rj_engine.feel.limits import Run
from rj_engine.feel.refusal import Fault
from rj_engine.feel.values.dates import FarDate
from rj_engine.feel.values.durations import DaysDuration, YearsDuration
from rj_engine.feel.values.ranges import Range
from rj_engine.feel.values.times import DateTime, Time, at_midnight
from rj_engine.feel.values.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    NULL,
    NUMBER,
    STRING,
    TIME,
    YEARS,
    Parameter,
    Signature,
    Type,
)

_OF_CLASS: Mapping[type, Type] = {
    type(None): NULL,
    bool: BOOLEAN,
    Decimal: NUMBER,
    str: STRING,
    date: DATE,
    FarDate: DATE,
    Time: TIME,
    DateTime: DATE_TIME,
    DaysDuration: DAYS,
    YearsDuration: YEARS,
}
_WITH_PARTS: tuple[tuple[type, str], ...] = (
    (list, "list"),
    (dict, "context"),
    (Range, "range"),
    (Signature, "function"),
)


def kind_name(value: object) -> str:
    """Return the type name of a value, for a sentence to an author."""
    known = _OF_CLASS.get(type(value))
    if known:
        return "null" if known is NULL else known.name
    return next((name for kind, name in _WITH_PARTS if isinstance(value, kind)), "value")


def conforms(value: object, kind: Type, run: Run) -> bool:
    """Tell whether a value may stand where `kind` is expected; null may stand anywhere."""
    if value is None or kind.name == "Any":
        return True
    run.spend(2)
    known = _OF_CLASS.get(type(value))
    if known is not None:
        return known.name == kind.name
    if kind_name(value) != kind.name:
        return False
    return _parts_conform(value, kind, run)


def _parts_conform(value: object, kind: Type, run: Run) -> bool:
    item = kind.item or ANY
    if isinstance(value, list):
        return item.name == "Any" or all(conforms(each, item, run) for each in value)
    if isinstance(value, dict):
        return all(name in value and conforms(value[name], member, run) for name, member in kind.members or ())
    if isinstance(value, Range):
        return all(conforms(end, item, run) for end in (value.start, value.end))
    return isinstance(value, Signature) and type_conforms(type_of_function(value), kind)


def type_of_function(function: Signature) -> Type:
    """Return the type of a function."""
    return Type("function", function.result, tuple((name, kind) for name, kind in function.parameters))


def type_conforms(kind: Type, wider: Type) -> bool:
    """Tell whether every value of `kind` may stand where `wider` is expected."""
    if wider.name == "Any" or kind.name == "Null" or kind == wider:
        return True
    if kind.name != wider.name:
        return False
    if kind.name == "context":
        own = dict(kind.members or ())
        return all(name in own and type_conforms(own[name], member) for name, member in wider.members or ())
    if wider.item is None:
        return True
    if kind.item is None or not type_conforms(kind.item, wider.item):
        return False
    own_parts, wider_parts = kind.members or (), wider.members or ()
    return len(own_parts) == len(wider_parts) and all(
        type_conforms(theirs, ours) for (_, ours), (_, theirs) in zip(own_parts, wider_parts, strict=True)
    )


def coerce(value: object, kind: Type, run: Run | None = None) -> object:
    """Fit a value to a type by the standard's implicit conversions, or return null.

    A list of one stands for its item and an item for a list of one; a date stands for its midnight UTC.
    """
    run = run or Run()
    if conforms(value, kind, run):
        return value
    if kind.name == "list":
        return [value] if not isinstance(value, list) and conforms(value, kind.item or ANY, run) else None
    if isinstance(value, list):
        return coerce(value[0], kind, run) if len(value) == 1 and not isinstance(value[0], list) else None
    if kind.name == DATE_TIME.name and isinstance(value, date | FarDate):
        return at_midnight(value)
    return None


def fitted_argument(value: object, parameter: Parameter, run: Run) -> object:
    """Return an argument fitted to its parameter, refusing as a fault what does not fit."""
    fitted = coerce(value, parameter.kind, run)
    if fitted is None and value is not None:
        message = f"{parameter.name} must be a {parameter.kind}, not a {kind_name(value)}."
        raise Fault(message, "wrong_type")
    return fitted
