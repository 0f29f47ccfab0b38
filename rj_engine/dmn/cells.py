"""Cells that are plain values, which need no evaluation: by far the most in a real table."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from rj_engine import feel

_STRING: Final = r'"[^"\\]*"'
_STRINGS: Final = re.compile(rf"\s*{_STRING}(?:\s*,\s*{_STRING})*\s*")
_COMMA: Final = re.compile(r'\s*,\s*(?=(?:[^"]*"[^"]*")*[^"]*$)')
_ONE_STRING: Final = re.compile(_STRING)
_LIST: Final = re.compile(rf"\s*\[\s*(?:{_STRING}(?:\s*,\s*{_STRING})*)?\s*\]\s*")
_CONSTANT: Final = re.compile(rf"\s*(?:{_STRING}|-?\d{{1,30}}(?:\.\d{{1,30}})?|true|false|null)\s*")


def strings(text: str) -> frozenset[str] | None:
    """The strings of a cell that is nothing but strings: `"a", "b"`."""
    return frozenset(_inside(text)) if _STRINGS.fullmatch(text) else None


def parts(text: str) -> list[str]:
    """The text at its commas, those within strings left alone."""
    return [part for part in _COMMA.split(text.strip()) if part]


def plain_values(text: str) -> frozenset[object]:
    """The strings and numbers of a cell that is nothing but constants; empty for any other cell.

    Only to be asked for a string or a number: what is equal to one of these in Python is so in FEEL.
    """
    if not all(is_constant(part) for part in parts(text)):
        return frozenset()
    found = (feel.compile_expression(part).evaluate({}) for part in parts(text))
    return frozenset(value for value in found if isinstance(value, str | Decimal))


def is_constant(text: str) -> bool:
    """Whether the text is one number, string, boolean or null."""
    return _CONSTANT.fullmatch(text) is not None


def is_list_of_strings(text: str) -> bool:
    """Whether the text is a list of nothing but strings: `["a", "b"]`."""
    return _LIST.fullmatch(text) is not None


def strings_of_list(text: str) -> list[object]:
    """The strings of such a list."""
    return list(_inside(text))


def _inside(text: str) -> list[str]:
    return [one[1:-1] for one in _ONE_STRING.findall(text)]
