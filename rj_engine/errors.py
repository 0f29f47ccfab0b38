"""The three families of error, by whose move it is: the caller's, nobody's yet, or ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a diagram, decision, form or expression, in words its author understands."""

    code: str
    message: str
    element: str | None = None
    """BPMN or DMN element id, or form field key."""
    line: int | None = None
    column: int | None = None
    """Both 1-based, within the text that was checked."""
    severity: str = "error"
    """`error` refuses the file; `warning` is shown and lets it pass."""

    def as_json(self) -> dict[str, str | int]:
        """The finding without its empty parts."""
        pairs = ((name, getattr(self, name)) for name in self.__slots__)
        return {name: value for name, value in pairs if value is not None}


class Worded(str):
    """A sentence that still knows its words apart from what was put into them, so that a page can translate it."""

    __slots__ = ("pattern", "values")
    pattern: str
    values: Mapping[str, object]


def worded(pattern: str, **values: object) -> Worded:
    """The sentence of `pattern`, which names each value as `%(name)s`."""
    sentence = Worded(pattern % values if values else pattern)
    sentence.pattern, sentence.values = pattern, values
    return sentence


class RjError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"

    def __init__(self, sentence: str | None = None, **context: object) -> None:
        """`sentence` is safe to show; `context` goes to the log and never holds personal data."""
        self.sentence = sentence or (type(self).__doc__ or "").strip().splitlines()[0]
        self.context = context
        super().__init__(self.sentence)


class Refused(RjError):
    """This cannot be done as asked."""

    code = "refused"


class Retry(RjError):
    """The service is busy. Try again in a moment; nothing you entered was lost."""

    code = "retry"


class Broken(RjError):
    """Something went wrong on our side. A lead has been told."""

    code = "broken"
