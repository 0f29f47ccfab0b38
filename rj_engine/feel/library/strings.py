"""Functions on text, character by character as Unicode code points."""

from __future__ import annotations

from decimal import Decimal

from rj_engine.feel import patterns
from rj_engine.feel.library.registry import Rest, built_in
from rj_engine.feel.limits import Run, fits_string
from rj_engine.feel.refusal import Fault
from rj_engine.feel.values.numbers import whole


@built_in("substring(string: string, start position: number, [length: number]) -> string")
def substring(text: str, start: Decimal, length: Decimal | None) -> str:
    """Return part of a text; positions count from 1, or from -1 at the end."""
    place = whole(start, "start position")
    if not place or abs(place) > len(text):
        raise Fault(f"There is no position {place} in this text.", "out_of_range")
    first = place - 1 if place > 0 else len(text) + place
    if length is None:
        return text[first:]
    size = whole(length, "length")
    if not 1 <= size <= len(text) - first:
        raise Fault("length must be from 1 to what is left of the text.", "out_of_range")
    return text[first : first + size]


@built_in("string length(string: string) -> number")
def string_length(text: str) -> Decimal:
    """Return how many characters a text has."""
    return Decimal(len(text))


@built_in("upper case(string: string) -> string")
def upper_case(text: str) -> str:
    """Return a text in capitals."""
    return text.upper()


@built_in("lower case(string: string) -> string")
def lower_case(text: str) -> str:
    """Return a text in small letters."""
    return text.lower()


@built_in("substring before(string: string, match: string) -> string")
def substring_before(text: str, match: str) -> str:
    """Return what stands before the first match, nothing when there is none."""
    return text.partition(match)[0] if match and match in text else ""


@built_in("substring after(string: string, match: string) -> string")
def substring_after(text: str, match: str) -> str:
    """Return what stands after the first match, nothing when there is none."""
    return text.partition(match)[2] if match else text


@built_in("contains(string: string, match: string) -> boolean")
def contains(text: str, match: str) -> bool:
    """Tell whether a text holds another."""
    return match in text


@built_in("starts with(string: string, match: string) -> boolean")
def starts_with(text: str, match: str) -> bool:
    """Tell whether a text begins with another."""
    return text.startswith(match)


@built_in("ends with(string: string, match: string) -> boolean")
def ends_with(text: str, match: str) -> bool:
    """Tell whether a text ends with another."""
    return text.endswith(match)


@built_in("string join(list: list<string>, [delimiter: string?]) -> string")
def string_join(items: Rest, delimiter: str | None) -> str:
    """Return texts in a row with something between them; null items are left out."""
    parts = [item for item in items if item is not None]
    fits_string(sum(map(len, parts)) + len(delimiter or "") * len(parts))
    return (delimiter or "").join(parts)


@built_in("matches(input: string, pattern: string, [flags: string?]) -> boolean")
def matches(run: Run, text: str, pattern: str, flags: str | None) -> bool:
    """Tell whether a pattern is found in a text."""
    return patterns.ready(pattern, flags or "", run).is_found(text, run)


@built_in("replace(input: string, pattern: string, replacement: string, [flags: string?]) -> string")
def replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None) -> str:
    """Return a text with another in each place where a pattern is found."""
    return patterns.ready(pattern, flags or "", run).replaced(text, replacement, run)


@built_in("split(string: string, delimiter: string) -> list")
def split(run: Run, text: str, delimiter: str) -> Rest:
    """Return the parts of a text between the places where a pattern is found."""
    return list(patterns.ready(delimiter, "", run).split(text, run))
