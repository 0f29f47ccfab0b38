"""PDF: page by page into a new file, without who made it, what it would do, and what is hidden in it."""

from __future__ import annotations

import io
from typing import Any, Final

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, NameObject

from rj_engine.cases.papers.paper import Paper, PaperRefused

MOST_PAGES: Final = 1000
MEDIA: Final = "application/pdf"
ACTS: Final = ("/A", "/AA", "/PA")
"""What an annotation or a page would do when it is opened or pressed."""
SHOWN: Final = frozenset({"/Text", "/FreeText", "/Highlight", "/Underline", "/StrikeOut", "/Ink", "/Stamp", "/Link"})
"""Annotations that are words or marks; films, sounds, files and form fields are left out."""
LOCKED: Final = "This PDF is locked with a password. Save it without one and add it again."
BROKEN: Final = "This PDF cannot be read. Print it to a new PDF, or scan it, and add that."
LONG: Final = f"This PDF has more than {MOST_PAGES:,} pages. Add it in parts."


def rewritten(body: bytes) -> Paper:
    """The pages alone."""
    try:
        return Paper("pdf", MEDIA, _of_pages(PdfReader(io.BytesIO(body), strict=False)))
    except (PyPdfError, RecursionError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise PaperRefused(BROKEN) from error  # what pypdf says of torn files has many names


def _of_pages(reader: PdfReader) -> bytes:
    if reader.is_encrypted:
        raise PaperRefused(LOCKED)
    if not 0 < len(reader.pages) <= MOST_PAGES:
        raise PaperRefused(LONG if reader.pages else BROKEN)
    writer = PdfWriter()
    writer.metadata = None
    for page in reader.pages:
        _calm(page)
        writer.add_page(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _calm(page: Any) -> None:
    """Nothing on the page does anything, and nothing tells who made it."""
    for name in (*ACTS, "/Metadata", "/PieceInfo", "/LastModified", "/Thumb", "/AF"):
        page.pop(name, None)
    marks = [mark for each in page.get("/Annots") or () if (mark := each.get_object()).get("/Subtype") in SHOWN]
    for mark in marks:
        for name in (*ACTS, "/T", "/Popup", "/FS", "/NM", "/M", "/CreationDate"):
            mark.pop(name, None)
    if "/Annots" in page:
        page[NameObject("/Annots")] = ArrayObject(marks)
