"""One paper ready to be kept, and the ways in which one cannot be."""

from __future__ import annotations

from dataclasses import dataclass

from rj_engine.errors import Refused


class PaperRefused(Refused):
    """This file cannot be kept here."""

    code = "paper_refused"


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as it is kept: made anew, so that nothing but what one sees in it came along."""

    kind: str
    """Its ending: pdf, jpg, png, webp, docx, odt or txt."""
    media: str
    body: bytes
