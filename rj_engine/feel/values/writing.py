"""How values are written: `string(…)`, and back from text that a form or a file holds."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from rj_engine.feel.limits import NESTED_VALUES, Run, fits_string
from rj_engine.feel.refusal import Fault, refuse
from rj_engine.feel.syntax.tokens import tokenise
from rj_engine.feel.values.dates import FarDate, parse_date
from rj_engine.feel.values.durations import parse_duration
from rj_engine.feel.values.numbers import number, plain
from rj_engine.feel.values.ranges import Range
from rj_engine.feel.values.times import parse_date_time, parse_time

_NUMBER = re.compile(r"\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*", re.ASCII)


def text_of(value: object, run: Run) -> str:
    """Write a value as `string(value)` does."""
    if isinstance(value, str):
        return value
    parts: list[str] = []
    _write(value, parts, run, 0)
    text = "".join(parts)
    fits_string(len(text))
    run.spend(len(text) // 50)
    return text


def _write(value: object, parts: list[str], run: Run, level: int) -> None:
    run.spend(3)
    if level > NESTED_VALUES:
        refuse("too_deep", "This value is nested too deep to write out.")
    if isinstance(value, str):
        parts.append('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"')
    elif isinstance(value, list):
        _write_all("[", [("", item) for item in value], "]", parts, run, level)
    elif isinstance(value, dict):
        _write_all("{", [(f"{_key(key)}: ", item) for key, item in value.items()], "}", parts, run, level)
    elif isinstance(value, Range):
        _write_range(value, parts, run, level)
    else:
        parts.append(_simple(value))


def _write_all(
    opening: str, items: list[tuple[str, object]], closing: str, parts: list[str], run: Run, level: int
) -> None:
    parts.append(opening)
    for place, (label, item) in enumerate(items):
        parts.append(f", {label}" if place else label)
        _write(item, parts, run, level + 1)
    parts.append(closing)


def _write_range(value: Range, parts: list[str], run: Run, level: int) -> None:
    parts.append("[" if value.start_included else "(")
    if value.start is not None:
        _write(value.start, parts, run, level + 1)
    parts.append("..")
    if value.end is not None:
        _write(value.end, parts, run, level + 1)
    parts.append("]" if value.end_included else ")")


def _key(name: str) -> str:
    tokens = tokenise(name)[:-1]
    plain_name = bool(tokens) and all(token.kind == "word" for token in tokens)
    return name if plain_name else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _simple(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date | FarDate):
        return value.isoformat()
    return str(value)


def parse_temporal(text: str) -> object:
    """Read what follows `@`: a date, a time, a date and time or a duration."""
    if text[:1] == "P" or text[:2] == "-P":
        return parse_duration(text)
    if "T" in text:
        return parse_date_time(text)
    return parse_time(text) if ":" in text else parse_date(text)


def parse_value(text: str, type_name: str) -> object:
    """Read a value of a named simple type from text; null when the text is not one."""
    try:
        if type_name == "number":
            return number(text.strip()) if _NUMBER.fullmatch(text) else None
        if type_name == "boolean":
            return {"true": True, "false": False, "1": True, "0": False}.get(text.strip())
        if type_name == "date and time":
            return parse_date_time(text.strip())
        return text if type_name in {"string", "Any"} else parse_temporal(text.strip())
    except Fault:
        return None
