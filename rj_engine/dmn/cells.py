"""Cells that are plain values, which need no evaluation: by far the most in a real table."""

from __future__ import annotations

import re
from typing import Final

_STRING: Final = r'"[^"\\]*"'
_STRINGS: Final = re.compile(rf"\s*{_STRING}(?:\s*,\s*{_STRING})*\s*")
_ONE_STRING: Final = re.compile(_STRING)
_LIST: Final = re.compile(rf"\s*\[\s*(?:{_STRING}(?:\s*,\s*{_STRING})*)?\s*\]\s*")
_CONSTANT: Final = re.compile(rf"\s*(?:{_STRING}|-?\d{{1,30}}(?:\.\d{{1,30}})?|true|false|null)\s*")


def strings(text: str) -> frozenset[str] | None:
    """The strings of a cell that is nothing but strings: `"a", "b"`."""
    return frozenset(_inside(text)) if _STRINGS.fullmatch(text) else None


def is_constant(text: str) -> bool:
    """Whether the text is one number, string, boolean or null."""
    return _CONSTANT.fullmatch(text) is not None


def is_list_of_strings(text: str) -> bool:
    """Whether the text is a list of nothing but strings: `["a", "b"]`."""
    return _LIST.fullmatch(text) is not None


def _inside(text: str) -> list[str]:
    return [one[1:-1] for one in _ONE_STRING.findall(text)]
