"""Functions on truth: `not`, `all`, `any`, `is`."""

from __future__ import annotations

from datetime import date

from rj_engine.feel.library.registry import Rest, as_one_list, built_in
from rj_engine.feel.limits import Run
from rj_engine.feel.refusal import Fault
from rj_engine.feel.values.comparing import equal
from rj_engine.feel.values.dates import FarDate
from rj_engine.feel.values.times import DateTime, Time


@built_in("not(negand: boolean?) -> boolean")
def negation(negand: bool | None) -> bool | None:
    """Return the other truth; null stays null."""
    return None if negand is None else not negand


@built_in("all(list: any?...) -> boolean")
def all_true(items: Rest) -> bool | None:
    """Tell whether every item is true; false decides at once."""
    return _decide(as_one_list(items), decides=False)


@built_in("any(list: any?...) -> boolean")
def any_true(items: Rest) -> bool | None:
    """Tell whether some item is true; true decides at once."""
    return _decide(as_one_list(items), decides=True)


def _decide(items: Rest, *, decides: bool) -> bool | None:
    if any(item is decides for item in items):
        return decides
    if any(item is not None and not isinstance(item, bool) for item in items):
        raise Fault("list must hold only true, false and null.", "wrong_type")
    return None if None in items else not decides


@built_in("is(value1: any?, value2: any?) -> boolean")
def same(run: Run, value1: object, value2: object) -> bool:
    """Tell whether two values are the same in kind and in every part, time zone included."""
    if type(value1) is not type(value2) and not (
        isinstance(value1, date | FarDate) and isinstance(value2, date | FarDate)
    ):
        return False
    if isinstance(value1, Time | DateTime):
        return value1 == value2
    return equal(value1, value2, run) is True
