"""Reads a letter's Markdown: title, headings, paragraphs, lists, strong words, and nothing else.

Facts are not in the text while it is read. Each stands there as one sign, and is put in afterwards, so that whatever
somebody wrote as a name is a name and never markup.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from rj_engine.letters.document import Block, Heading, Line, Listing, Paragraph, Span
from rj_engine.letters.letter import SLOTS

NOT_READ: Final = ("code", "setextheader", "hr", "quote", "reference")
NOT_READ_INSIDE: Final = (
    "backtick",
    "reference",
    "link",
    "image_link",
    "image_reference",
    "short_reference",
    "short_image_ref",
    "autolink",
    "automail",
    "linebreak",
    "html",
    "entity",
)
"""Links, images, code, quotations and HTML: in a letter they are words."""
HEADINGS: Final = {"h1": 1, "h2": 2, "h3": 2, "h4": 2, "h5": 2, "h6": 2}
LISTS: Final = {"ul": False, "ol": True}
UNESCAPED_LAST: Final = -10
"""After Markdown itself has turned `\\*` into a star again."""


class _Keep(Treeprocessor):
    """Keeps the finished tree."""

    def __init__(self, md: Markdown, kept: list[Element]) -> None:
        super().__init__(md)
        self.kept = kept

    def run(self, root: Element) -> None:
        """Note the tree; it is read before it becomes text."""
        self.kept.append(root)


class _Narrow(Extension):
    """Markdown without links, images, code, quotations and HTML: tags in the text are words."""

    def __init__(self, kept: list[Element]) -> None:
        super().__init__()
        self.kept = kept

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's own name
        md.preprocessors.deregister("html_block")
        for block in NOT_READ:
            md.parser.blockprocessors.deregister(block)
        for pattern in NOT_READ_INSIDE:
            md.inlinePatterns.deregister(pattern)
        md.treeprocessors.register(_Keep(md, self.kept), "keep", UNESCAPED_LAST)


def read(text: str, values: Sequence[str]) -> tuple[Block, ...]:
    """The blocks of a letter, each sign replaced by its fact."""
    kept: list[Element] = []
    Markdown(extensions=[_Narrow(kept)]).convert(text)
    return tuple(block for root in kept for block in _blocks(root, values))


def _blocks(root: Element, values: Sequence[str]) -> Iterator[Block]:
    for element in root:
        if element.tag in HEADINGS:
            yield Heading(HEADINGS[element.tag], _one_line(element, values))
        elif element.tag in LISTS:
            yield Listing(tuple(_one_line(item, values) for item in element), LISTS[element.tag])
        else:
            yield Paragraph(tuple(_lines(element, values)))


def _one_line(element: Element, values: Sequence[str]) -> Line:
    spans = [Span(" ".join(span.text.splitlines()), span.strong) for span in _spans(element, values, strong=False)]
    return _trimmed(spans)


def _lines(element: Element, values: Sequence[str]) -> Iterator[Line]:
    """A paragraph's lines: a letter breaks where its author broke."""
    line: list[Span] = []
    for span in _spans(element, values, strong=False):
        first, *others = span.text.split("\n")
        line.append(Span(first, span.strong))
        for other in others:
            yield from filter(None, [_trimmed(line)])
            line = [Span(other, span.strong)]
    yield from filter(None, [_trimmed(line)])


def _trimmed(spans: list[Span]) -> Line:
    kept = [span for span in spans if span.text]
    if kept:
        kept[0] = Span(kept[0].text.lstrip(), kept[0].strong)
        kept[-1] = Span(kept[-1].text.rstrip(), kept[-1].strong)
    return tuple(span for span in kept if span.text)


def _spans(element: Element, values: Sequence[str], *, strong: bool) -> Iterator[Span]:
    inside = strong or element.tag in {"strong", "em"}
    yield Span(_filled(element.text or "", values), inside)
    for child in element:
        yield from _spans(child, values, strong=inside)
        yield Span(_filled(child.tail or "", values), inside)


def _filled(text: str, values: Sequence[str]) -> str:
    return "".join(values[ord(sign) - SLOTS.start] if ord(sign) in SLOTS else sign for sign in text)
