"""Decimal numbers of 34 digits (DMN 1.5, 10.3.2.3.1: IEEE 754-2008 Decimal128)."""

from __future__ import annotations

from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

from rj_engine.feel.refusal import Fault

DIGITS = 34
SMALLEST_SCALE, LARGEST_SCALE = -6111, 6176
ARITHMETIC = Context(
    prec=DIGITS,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
_WIDE = Context(prec=20_000, Emin=-999_999, Emax=999_999, traps=[InvalidOperation, Overflow])
ZERO, ONE, TWO = Decimal(0), Decimal(1), Decimal(2)

add = ARITHMETIC.add
subtract = ARITHMETIC.subtract
multiply = ARITHMETIC.multiply
divide = ARITHMETIC.divide
negate = ARITHMETIC.minus


def power(left: Decimal, right: Decimal) -> Decimal:
    """Raise a number to a power; 0 ** 0 is 1."""
    if right == ZERO:
        return ONE
    return ARITHMETIC.power(left, right)


def number(value: float | str | Decimal) -> Decimal:
    """Return a number of the language; refuses, as a fault, what is not finite or too large."""
    try:
        result = ARITHMETIC.create_decimal(repr(value) if isinstance(value, float) else value)
    except (InvalidOperation, Overflow, ValueError) as error:
        raise Fault("This number is too large or not a number.", "not_a_number") from error
    if not result.is_finite():
        raise Fault("This number is too large or not a number.", "not_a_number")
    return result


def whole(value: Decimal, what: str) -> int:
    """Return a number without its fraction, for a position or length; `what` names it in the fault."""
    if value.adjusted() > DIGITS:
        raise Fault(f"The {what} is out of range.", "out_of_range")
    return int(value)


def rounded(value: Decimal, scale: Decimal, mode: str) -> Decimal:
    """Round to `scale` decimal places with one of the rounding modes of `decimal`."""
    places = whole(scale, "scale")
    if not SMALLEST_SCALE <= places <= LARGEST_SCALE:
        raise Fault(f"The scale must be between {SMALLEST_SCALE} and {LARGEST_SCALE}.", "out_of_range")
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -places:
        return value
    result = value.quantize(Decimal(1).scaleb(-places, _WIDE), rounding=mode, context=_WIDE)
    return ARITHMETIC.plus(result)


def plain(value: Decimal) -> str:
    """Write a number without an exponent, as `string(number)` does."""
    text = format(value, "f")
    return text[1:] if text.startswith("-") and not value else text


def remainder(dividend: Decimal, divisor: Decimal) -> Decimal:
    """Return what is left of a division rounded down; it has the divisor's sign."""
    left = _WIDE.remainder(dividend, divisor)
    return add(left, divisor) if left and (left < 0) != (divisor < 0) else ARITHMETIC.plus(left)
