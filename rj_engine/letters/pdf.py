"""A letter as a tagged PDF (PDF/UA-1), so that a screen reader reads it as it is meant."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

from rj_engine.letters.document import Block, Document, Heading, Listing, lines_of

HERE: Final = Path(__file__).parent
ACCESSIBLE: Final = "ua-1"
MEDIA: Final = "application/pdf"


def made(document: Document) -> bytes:
    """The letter as PDF; one with a sign that no font here can show is made all the same, without the promise of UA."""
    try:
        return _compiled(document, ACCESSIBLE)
    except typst.TypstError:
        return _compiled(document, None)


def _compiled(document: Document, standard: Any) -> bytes:
    source = (HERE / "letter.typ").read_bytes()
    told = {"letter": json.dumps(_as_json(document), ensure_ascii=False)}
    known: dict[str, Any] = {"font_paths": _fonts(), "root": str(HERE / "fonts"), "sys_inputs": told}
    found = typst.compile(source, format="pdf", pdf_standards=standard or [], **known)
    if not isinstance(found, bytes):
        raise TypeError
    return found


@cache
def _fonts() -> typst.Fonts:
    """Our own font first; the machine's for names that it cannot write."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True, font_paths=[str(HERE / "fonts")])


def _as_json(document: Document) -> dict[str, Any]:
    cover = document.cover
    return {
        "title": document.title,
        "written_on": document.written_on,
        "blocks": [_block(block) for block in document.blocks],
        "cover": {"name": cover.name, "address": cover.address, "sender": cover.sender} if cover else None,
    }


def _block(block: Block) -> dict[str, Any]:
    lines = [[{"text": span.text, "strong": span.strong} for span in line] for line in lines_of(block)]
    if isinstance(block, Heading):
        return {"kind": "heading", "level": block.level, "lines": lines}
    if isinstance(block, Listing):
        return {"kind": "numbers" if block.ordered else "list", "lines": lines}
    return {"kind": "paragraph", "lines": lines}
