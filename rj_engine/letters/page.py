"""A letter as HTML: escaped throughout, without a style of its own."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup, escape

from rj_engine.letters.document import Block, Document, Heading, Line, Listing, Paragraph

HEAD: Final = Markup('<!doctype html>\n<html lang="en-GB">\n<head><meta charset="utf-8"><title>{}</title></head>\n')
BREAK: Final = Markup("<br>")


def part(document: Document, *, below: int = 0) -> Markup:
    """The letter as part of a page whose own headings reach down to level `below`."""
    return Markup("\n").join([*_cover(document), _paragraph(document.written_on), *_blocks(document, below)])


def whole(document: Document) -> str:
    """The letter as a page of its own."""
    inner = part(document)
    return str(HEAD.format(document.title) + Markup("<body>\n<main>\n{}\n</main>\n</body>\n</html>\n").format(inner))


def _cover(document: Document) -> list[Markup]:
    if (cover := document.cover) is None:
        return []
    lines = BREAK.join(escape(line) for line in (cover.name, *cover.address))
    sender = [_paragraph(cover.sender)] if cover.sender else []
    return [*sender, Markup("<address>{}</address>").format(lines), Markup("<hr>")]


def _paragraph(text: str) -> Markup:
    return Markup("<p>{}</p>").format(text)


def _blocks(document: Document, below: int) -> list[Markup]:
    return [_block(block, below) for block in document.blocks]


def _block(block: Block, below: int) -> Markup:
    if isinstance(block, Heading):
        level = min(block.level + below, 6)
        return Markup("<h{level}>{words}</h{level}>").format(level=level, words=_line(block.line))
    if isinstance(block, Listing):
        tag = "ol" if block.ordered else "ul"
        items = Markup("").join(Markup("<li>{}</li>").format(_line(item)) for item in block.items)
        return Markup("<{tag}>{items}</{tag}>").format(tag=tag, items=items)
    assert isinstance(block, Paragraph)  # noqa: S101 - the third of three kinds
    return Markup("<p>{}</p>").format(BREAK.join(_line(line) for line in block.lines))


def _line(line: Line) -> Markup:
    spans = (Markup("<strong>{}</strong>").format(span.text) if span.strong else escape(span.text) for span in line)
    return Markup("").join(spans)
