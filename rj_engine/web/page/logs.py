"""What goes to the log: what happened and where in the code, never what anybody said.

The message of an exception may repeat a value that broke it, so a traceback is written as types and places alone.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Iterator
from typing import Any, Final

LINE: Final = "%(asctime)sZ %(levelname)s %(name)s: %(message)s"
KNOWN: Final = ("code", "context")
"""What our own errors add to a record; neither ever holds personal data."""


class Discreet(logging.Formatter):
    """Tracebacks without the words of their exceptions; times in UTC."""

    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        """The line, then what our errors add, then the places."""
        record.exc_text = None
        added = [f"{name}={getattr(record, name)}" for name in KNOWN if hasattr(record, name)]
        first, *rest = super().format(record).split("\n", 1)
        return "\n".join([" ".join([first, *added]), *rest])

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        """Type and places of the exception and of what caused it, innermost last."""
        return "\n".join(_told(error) for error in reversed(list(_chain(ei[1]))))


class _OneHandler(logging.StreamHandler[Any]):
    """Ours, so that a second app in one process adds no second."""


def register() -> None:
    """Send every log record of this process through `Discreet`, once."""
    root = logging.getLogger()
    if any(isinstance(handler, _OneHandler) for handler in root.handlers):
        return
    handler = _OneHandler()
    handler.setFormatter(Discreet(LINE, "%Y-%m-%dT%H:%M:%S"))
    root.addHandler(handler)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _told(error: BaseException) -> str:
    places = traceback.extract_tb(error.__traceback__)
    lines = [f"  {place.filename}:{place.lineno} in {place.name}" for place in places]
    return "\n".join([f"{type(error).__module__}.{type(error).__qualname__}", *lines])
