"""A letter as a Word file, for whoever has words of their own to add before it goes."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any, Final

import docx
from docx.enum.text import WD_BREAK
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph as WordParagraph

from rj_engine.letters.document import Block, Document, Heading, Line, Listing, lines_of

MEDIA: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT: Final = "Arial"
SIZES: Final = {"Normal": 12, "Heading 1": 18, "Heading 2": 14, "List Bullet": 12, "List Number": 12}
NO_DAY: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""The file tells nothing of when, by whom and with what it was made."""


def made(document: Document) -> bytes:
    """The letter as DOCX: real headings and lists, British English, nobody's name in its properties."""
    file = docx.Document()
    _dress(file)
    _describe(file, document.title)
    _cover(file, document)
    file.add_paragraph(document.written_on)
    for block in document.blocks:
        _add(file, block)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def _dress(file: Any) -> None:
    for name, size in SIZES.items():
        style = file.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        style.font.color.rgb = None
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(kind), None)
        for kind in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(kind), FONT)
    for language in file.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
    page = file.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(25)


def _describe(file: Any, title: str) -> None:
    about = file.core_properties
    about.title, about.language = title, "en-GB"
    about.author = about.last_modified_by = about.comments = about.keywords = about.subject = ""
    about.created = about.modified = NO_DAY


def _cover(file: Any, document: Document) -> None:
    if (cover := document.cover) is None:
        return
    sender = file.add_paragraph(cover.sender)
    sender.paragraph_format.space_after = Mm(20)
    window = file.add_paragraph()
    for number, line in enumerate((cover.name, *cover.address)):
        run = window.add_run(line)
        if number < len(cover.address):
            run.add_break()
    window.add_run().add_break(WD_BREAK.PAGE)


def _add(file: Any, block: Block) -> None:
    if isinstance(block, Heading):
        _fill(file.add_paragraph(style=f"Heading {block.level}"), block.line)
    elif isinstance(block, Listing):
        for item in block.items:
            _fill(file.add_paragraph(style="List Number" if block.ordered else "List Bullet"), item)
    else:
        paragraph = file.add_paragraph()
        for number, line in enumerate(lines_of(block)):
            if number:
                paragraph.add_run().add_break()
            _fill(paragraph, line)


def _fill(paragraph: WordParagraph, line: Line) -> None:
    for span in line:
        paragraph.add_run(span.text).bold = span.strong or None
