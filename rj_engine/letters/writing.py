"""Puts the facts of one addressee into a letter; what it may not know it cannot name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from rj_engine.errors import Refused
from rj_engine.letters import letter as letters
from rj_engine.letters import markup
from rj_engine.letters.document import Cover, Document, Heading
from rj_engine.letters.letter import SLOTS, Letter, LetterBroken
from rj_engine.letters.views import VIEWS, Ours, Value, known_to, words_for

UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
"""What no file may hold: controls, halves of characters, and the signs that stand for facts."""
LONGEST: Final = 4000
MOST: Final = 500


class LetterNotReady(Refused):
    """This letter cannot be written yet."""

    code = "letter_not_ready"

    def __init__(self, missing: list[str]) -> None:
        """`missing` are the facts that nobody has noted, in plain words."""
        super().__init__("This letter cannot be written yet. It needs: " + "; ".join(missing) + ".")
        self.missing = missing


class _Slots:
    """The facts of one letter in the order in which they are put in."""

    def __init__(self) -> None:
        self.values: list[str] = []

    def keep(self, value: object) -> str:
        """The sign that stands for a fact."""
        if len(self.values) >= MOST:
            raise LetterBroken
        self.values.append(printable("; ".join(value) if isinstance(value, tuple) else str(value or "")))
        return chr(SLOTS.start + len(self.values) - 1)


def printable(value: str) -> str:
    """Somebody's words without what cannot be printed, spaces and empty lines put in order."""
    lines = (" ".join(UNPRINTABLE.sub("", line).split()) for line in value[:LONGEST].splitlines())
    return "\n".join(line for line in lines if line)


def write(name: str, text: str, view: Ours, cover: Cover | None = None) -> Document:
    """The letter for this view's addressee.

    Breaks on a letter that is to somebody else or names a fact its addressee may not be told; refuses with what is
    missing where a fact is not known yet.
    """
    found = letters.read(name, text)
    if type(view) is not VIEWS[found.to]:
        raise LetterBroken(letter=name)
    values = facts(found, view)
    if missing := lacking(found, view):
        raise LetterNotReady([words_for(found.to, each) for each in missing])
    slots = _Slots()
    marked = _rendered(found, values, slots)
    blocks = markup.read(marked, slots.values)
    title = next("".join(span.text for span in each.line) for each in blocks if isinstance(each, Heading))
    return Document(title, view.written_on, blocks, cover)


def facts(letter: Letter, view: Ours) -> dict[str, Value]:
    """The facts that this letter declares, from its addressee's view."""
    return {name: getattr(view, name) or "" for name in letter.facts}


def lacking(letter: Letter, view: Ours) -> list[str]:
    """The facts it needs and nobody has noted."""
    known = known_to(letter.to)
    return [name for name, value in facts(letter, view).items() if not value and not known[name].metadata["optional"]]


def _rendered(letter: Letter, values: Mapping[str, Value], slots: _Slots) -> str:
    room = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, finalize=slots.keep)
    room.globals.clear()
    room.filters.clear()
    room.tests.clear()
    try:
        return room.from_string(letter.body).render(values)
    except (TemplateError, TypeError, RecursionError) as error:
        raise LetterBroken(letter=letter.name) from error
