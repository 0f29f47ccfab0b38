"""The functions of the language (DMN 1.5, 10.3.4)."""

from __future__ import annotations

from rj_engine.feel.library import (
    contexts,
    conversion,
    dates,
    figures,
    intervals,
    lists,
    logic,
    numbers,
    strings,
)
from rj_engine.feel.library.registry import LIBRARY
from rj_engine.feel.syntax.names import KnownNames

MODULES = (contexts, conversion, dates, figures, intervals, lists, logic, numbers, strings)
LIBRARY_NAMES = KnownNames(LIBRARY)

__all__ = ["LIBRARY", "LIBRARY_NAMES"]
