"""A letter with its words put in, before it becomes a page, a PDF or a Word file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Some words of a line."""

    text: str
    strong: bool = False


Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; the first of a letter, at level 1, is its title."""

    level: int
    line: Line


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that stand together."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of points, numbered or not."""

    items: tuple[Line, ...]
    ordered: bool = False


Block = Heading | Paragraph | Listing


@dataclass(frozen=True, slots=True)
class Cover:
    """The sheet that shows in the window of an envelope; `sender` is what a stranger may read there, or nothing."""

    name: str
    address: tuple[str, ...]
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One letter, ready to be looked at."""

    title: str
    written_on: str
    blocks: tuple[Block, ...]
    cover: Cover | None = None

    @property
    def text(self) -> str:
        """Every word of it, cover included, as plain text."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        if self.cover is not None:
            yield from (self.cover.sender, self.cover.name, *self.cover.address)
        yield self.written_on
        for block in self.blocks:
            yield from ("".join(span.text for span in line) for line in lines_of(block))


def lines_of(block: Block) -> tuple[Line, ...]:
    """The lines of a block."""
    if isinstance(block, Heading):
        return (block.line,)
    return block.lines if isinstance(block, Paragraph) else block.items
