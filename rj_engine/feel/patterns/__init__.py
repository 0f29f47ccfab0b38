"""Regular expressions as XPath writes them, run so that no pattern can hold up a case.

A pattern goes to RE2, whose time is linear, when RE2 can express it exactly, and else to a machine of our own
that stops when the budget of the run is used up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import re2

from rj_engine.feel.limits import Run, fits_list, fits_string
from rj_engine.feel.patterns.backtracking import Machine, Program, Saved
from rj_engine.feel.patterns.linear import is_linear, written
from rj_engine.feel.patterns.reading import Piece, Reader
from rj_engine.feel.refusal import Fault

_FLAGS = frozenset("smix")
_WORK_IN_ONE_UNIT = 100
_PATTERN, _CHARACTER = 120, 8
"""What a pattern costs of the budget, and each character of it."""
_TEMPLATE = re.compile(r"\\(?P<sign>[\\$])|\$(?P<digits>[0-9]{1,4})|[^\\$]+|.")
_OPTIONS = re2.Options()
_OPTIONS.log_errors = False


class Pattern:
    """A regular expression ready to be looked for."""

    def __init__(self, piece: Piece, groups: int, *, any_case: bool, lines: bool) -> None:
        self.groups = groups
        self._machine: Machine | None = None
        if is_linear(piece, any_case=any_case):
            text = written(piece, lines=lines)
            try:
                self._linear = re2.compile(f"(?i:{text})" if any_case else text, _OPTIONS)
            except re2.error as error:
                raise Fault("This pattern is too large.", "bad_pattern") from error
        else:
            self._machine = Machine(Program(piece, groups), any_case=any_case, lines=lines)

    def is_found(self, text: str, run: Run) -> bool:
        """Tell whether the pattern matches somewhere in a text."""
        return next(self.found(text, run), None) is not None

    def found(self, text: str, run: Run) -> Iterator[Saved]:
        """Yield the places of each match and of its groups, from left to right, none overlapping."""
        if self._machine is None:
            run.spend(len(text) * self._linear.programsize // _WORK_IN_ONE_UNIT)
            try:
                for match in self._linear.finditer(text):
                    yield tuple(place for number in range(self.groups + 1) for place in match.span(number))
            except UnicodeError as error:
                raise Fault("This text holds half a character.", "bad_character") from error
            return
        start = 0
        while start <= len(text):
            saved = self._machine.match_at(text, start, run)
            if saved is not None:
                yield saved
            start = max(saved[1], start + 1) if saved else start + 1

    def _not_empty(self, run: Run) -> None:
        if self.is_found("", run):
            raise Fault("This pattern matches nothing at all, so it cannot be replaced or split at.", "bad_pattern")

    def replaced(self, text: str, replacement: str, run: Run) -> str:
        """Return a text with each match replaced; `$1` stands for what a group matched."""
        self._not_empty(run)
        template = _template(replacement, self.groups)
        parts: list[str] = []
        end = 0
        for saved in self.found(text, run):
            parts.append(text[end : saved[0]])
            parts += [part if isinstance(part, str) else _group(text, saved, part) for part in template]
            end = saved[1]
            run.spend(1 + len(template))
        parts.append(text[end:])
        fits_string(sum(map(len, parts)))
        return "".join(parts)

    def split(self, text: str, run: Run) -> list[str]:
        """Return the parts of a text between the matches."""
        self._not_empty(run)
        parts: list[str] = []
        end = 0
        for saved in self.found(text, run):
            parts.append(text[end : saved[0]])
            end = saved[1]
            run.spend(1)
        fits_list(len(parts) + 1)
        return [*parts, text[end:]]


def _group(text: str, saved: Saved, number: int) -> str:
    start, end = saved[number * 2], saved[number * 2 + 1]
    return text[start:end] if end >= 0 else ""


def _template(replacement: str, groups: int) -> list[str | int]:
    r"""Read a replacement: `$1` is a group, `\$` and `\\` the signs themselves."""
    parts: list[str | int] = []
    for found in _TEMPLATE.finditer(replacement):
        sign, digits = found.group()[:1], found["digits"]
        if digits:
            number, rest = _group_number(digits, groups)
            parts += [number, rest] if number <= groups else [rest]
        elif len(found.group()) == 1 and sign in {"\\", "$"}:
            raise Fault("In a replacement \\ and $ must have a \\ before them.", "bad_pattern")
        else:
            parts.append(found["sign"] or found.group())
    return parts


def _group_number(digits: str, groups: int) -> tuple[int, str]:
    """Return the longest number that is a group, else the first digit, and the digits after it."""
    length = max((size for size in range(1, len(digits) + 1) if int(digits[:size]) <= groups), default=1)
    return int(digits[:length]), digits[length:]


def ready(pattern: str, flags: str, run: Run) -> Pattern:
    """Return a pattern ready to be looked for; `flags` are those of XPath: s, m, i and x."""
    run.spend(_PATTERN + _CHARACTER * len(pattern))
    return _compiled(pattern, flags)


@lru_cache(maxsize=512)
def _compiled(pattern: str, flags: str) -> Pattern:
    unknown = set(flags) - _FLAGS
    if unknown:
        raise Fault(f"There is no flag {min(unknown)}.", "bad_pattern")
    any_case, lines = "i" in flags, "m" in flags
    reader = Reader(pattern, spaced="x" in flags, dot_all="s" in flags)
    piece = reader.read()
    return Pattern(piece, reader.groups, any_case=any_case, lines=lines)
