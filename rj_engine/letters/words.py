"""A letter's words as somebody may change them, and read again: the same narrow Markdown as its author used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from rj_engine.errors import Refused
from rj_engine.letters import markup
from rj_engine.letters.document import Block, Document, Heading, Line, Listing, lines_of
from rj_engine.letters.writing import UNPRINTABLE

LONGEST: Final = 20000
SIGNS: Final = re.compile(r"([\\*_`])")
BEGINS: Final = re.compile(r"^(\s*)([#+>-]|\d+[.)])(?=\s)")


class NoTitle(Refused):
    """A letter begins with its title: a line that starts with “# ”."""

    code = "no_title"


class TooLong(Refused):
    """A letter is 20,000 characters or fewer."""

    code = "too_long"


def of(document: Document) -> str:
    """The words of a letter with its facts in them, to be changed."""
    return "\n\n".join(_block(block) for block in document.blocks) + "\n"


def _block(block: Block) -> str:
    lines = [_line(line) for line in lines_of(block)]
    if isinstance(block, Heading):
        return f"{'#' * block.level} {lines[0]}"
    if isinstance(block, Listing):
        return "\n".join(f"{f'{number}.' if block.ordered else '-'} {line}" for number, line in enumerate(lines, 1))
    return "\n".join(BEGINS.sub(r"\1\\\2", line) for line in lines)


def _line(line: Line) -> str:
    return "".join(f"**{_plain(span.text)}**" if span.strong else _plain(span.text) for span in line)


def _plain(text: str) -> str:
    return SIGNS.sub(r"\\\1", text)


def read(words: str, like: Document) -> Document:
    """The letter with these words instead, on the same day and in the same envelope."""
    if len(words) > LONGEST:
        raise TooLong
    clean = "\n".join(UNPRINTABLE.sub("", line).rstrip() for line in words.splitlines())
    blocks = markup.read(clean.strip() + "\n", [])
    first = blocks[0] if blocks else None
    if not isinstance(first, Heading) or first.level != 1 or not first.line:
        raise NoTitle
    return replace(like, title="".join(span.text for span in first.line), blocks=blocks)


def added(document: Document, before: Document) -> str:
    """The lines that were not in the letter before: what somebody wrote themselves."""
    known = set(_texts(before))
    return "\n".join(line for line in _texts(document) if line not in known)


def _texts(document: Document) -> Iterator[str]:
    for block in document.blocks:
        yield from ("".join(span.text for span in line).strip() for line in lines_of(block))
