"""Functions on numbers: rounding, remainders, roots and powers."""

from __future__ import annotations

from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    DecimalException,
)

from rj_engine.feel.library.registry import built_in
from rj_engine.feel.refusal import Fault
from rj_engine.feel.values.arithmetic import negated
from rj_engine.feel.values.durations import DaysDuration, YearsDuration
from rj_engine.feel.values.numbers import ARITHMETIC, TWO, ZERO, remainder, rounded


def _rounding(mode: str) -> Callable[[Decimal, Decimal | None], Decimal]:
    return lambda n, scale: rounded(n, scale or ZERO, mode)


for _name, _mode in (
    ("decimal", ROUND_HALF_EVEN),
    ("round up", ROUND_UP),
    ("round down", ROUND_DOWN),
    ("round half up", ROUND_HALF_UP),
    ("round half down", ROUND_HALF_DOWN),
):
    built_in(f"{_name}(n: number, scale: number) -> number", weight=20)(_rounding(_mode))
for _name, _mode in (("floor", ROUND_FLOOR), ("ceiling", ROUND_CEILING)):
    built_in(f"{_name}(n: number, [scale: number]) -> number", weight=20)(_rounding(_mode))


@built_in("abs(n: number) -> number")
def absolute(n: Decimal) -> Decimal:
    """Return a number without its sign."""
    return n.copy_abs()


@built_in("abs(n: days and time duration)")
@built_in("abs(n: years and months duration)")
def absolute_length(n: DaysDuration | YearsDuration) -> object:
    """Return a duration without its sign."""
    return negated(n) if n < type(n)(0) else n  # type: ignore[operator] # both sides are of one kind


@built_in("modulo(dividend: number, divisor: number) -> number", weight=40)
def modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    """Return the remainder, which has the sign of the divisor."""
    if not divisor:
        raise Fault("divisor is 0.", "division_by_zero")
    return remainder(dividend, divisor)


@built_in("sqrt(number: number) -> number", weight=20)
def square_root(number: Decimal) -> Decimal:
    """Return the square root of a number that is not negative."""
    if number < ZERO:
        raise Fault("A negative number has no square root.", "not_a_number")
    return ARITHMETIC.sqrt(number)


@built_in("log(number: number) -> number", weight=60)
def logarithm(number: Decimal) -> Decimal:
    """Return the natural logarithm of a positive number."""
    if number <= ZERO:
        raise Fault("Only a positive number has a logarithm.", "not_a_number")
    return ARITHMETIC.ln(number)


@built_in("exp(number: number) -> number", weight=60)
def exponential(number: Decimal) -> Decimal:
    """Return e to the power of a number."""
    try:
        return ARITHMETIC.exp(number)
    except DecimalException as error:
        raise Fault("The result is too large for a number.", "not_a_number") from error


@built_in("odd(number: number) -> boolean")
def odd(number: Decimal) -> bool:
    """Tell whether a whole number is odd."""
    return abs(remainder(number, TWO)) == 1


@built_in("even(number: number) -> boolean")
def even(number: Decimal) -> bool:
    """Tell whether a whole number is even."""
    return remainder(number, TWO) == ZERO
