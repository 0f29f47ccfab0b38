"""Ranges: all values between two ends, either of which may be open or absent."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Range:
    """From `start` to `end`; None is no end on that side."""

    start: object
    end: object
    start_included: bool
    end_included: bool
