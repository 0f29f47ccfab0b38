"""One letter as its author wrote it: to whom, from which facts, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from rj_engine import bpmn
from rj_engine.errors import Broken, Finding
from rj_engine.letters.views import VIEWS, known_to

FENCE: Final = "---"
PLACE: Final = re.compile(r"{{.*?}}|{%.*?%}")
SLOTS: Final = range(0xE000, 0xF900)
"""Characters that nobody writes; each stands for one fact until the Markdown has been read."""
ALLOWED: Final = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.If,
    nodes.For,
    nodes.Not,
    nodes.And,
    nodes.Or,
)
"""All a letter may do: put in a fact, leave a part out where there is none, go through a list."""
_syntax = ImmutableSandboxedEnvironment()


class LetterBroken(Broken):
    """A letter of this pathway cannot be written."""

    code = "letter_broken"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter's head and words."""

    name: str
    to: str
    """The kind of addressee, and with it the side of the wall."""
    facts: tuple[str, ...]
    body: str
    """Markdown with Jinja placeholders; begins with its title as a heading."""

    @property
    def title(self) -> str:
        """Its title without any fact."""
        first = self.body.partition("\n")[0].removeprefix("# ")
        return " ".join(PLACE.sub("…", first).split())


def read(name: str, text: str) -> Letter:
    """The letter, or `LetterBroken` where anything is wrong with it."""
    if findings(name, text):
        raise LetterBroken(letter=name)
    head, body = _parted(text)
    return Letter(name, head["to"], tuple(head["facts"].split()), body)


@lru_cache(maxsize=512)
def findings(name: str, text: str) -> tuple[Finding, ...]:
    """What is wrong with a letter: its head, its syntax, a fact that its addressee may not be told."""
    head, body = _parted(text)
    wrong = bpmn.misfits("letter", head)
    if wrong:
        return tuple(Finding("letter_head", f"The head of the letter “{name}”: {each.message}") for each in wrong)
    if head["to"] not in VIEWS:
        return (Finding("letter_addressee", f"The letter “{name}” is to “{head['to']}”, whom nobody knows."),)
    return tuple(_of_body(name, head["to"], frozenset(head["facts"].split()), body))


def _parted(text: str) -> tuple[dict[str, str], str]:
    """Head and body; without a head both the whole text and an empty head."""
    begin, _, rest = text.partition("\n")
    head, fence, body = rest.partition(f"\n{FENCE}\n")
    if begin.strip() != FENCE or not fence:
        return {}, text
    pairs = (line.partition(":") for line in head.splitlines() if line.strip())
    return {key.strip(): value.strip() for key, _, value in pairs}, body.strip() + "\n"


def _of_body(name: str, to: str, declared: frozenset[str], body: str) -> Iterator[Finding]:
    try:
        tree = _syntax.parse(body)
    except (TemplateSyntaxError, RecursionError) as error:
        yield Finding("letter_syntax", f"The letter “{name}” cannot be read: {error}.")
        return
    if not re.match(r"# \S", body):
        yield Finding("letter_title", f"The letter “{name}” does not begin with its title, “# …”.")
    if any(ord(sign) in SLOTS for sign in body):
        yield Finding("letter_signs", f"The letter “{name}” holds signs that no font knows.")
    yield from (
        Finding("letter_construct", f"The letter “{name}” uses “{type(each).__name__}”, which letters may not.")
        for each in _forbidden(tree)
    )
    used = _used(tree)
    yield from (
        Finding("letter_fact", f"The letter “{name}” names “{each}”, which its addressee ({to}) may not be told.")
        for each in sorted((used | declared) - known_to(to).keys())
    )
    yield from (
        Finding("letter_fact_not_declared", f"The letter “{name}” uses “{each}”, which its head does not name.")
        for each in sorted((used & known_to(to).keys()) - declared)
    )


def _forbidden(tree: nodes.Template) -> Iterator[nodes.Node]:
    yield from (each for each in tree.find_all(nodes.Node) if type(each) not in ALLOWED)
    for loop in tree.find_all(nodes.For):
        plain = isinstance(loop.target, nodes.Name) and isinstance(loop.iter, nodes.Name)
        if not plain or loop.test is not None or loop.recursive:
            yield loop


def _used(tree: nodes.Template) -> frozenset[str]:
    """The names that are read, without those that a loop gives to its items inside itself."""
    return frozenset(_read_in(tree, frozenset()))


def _read_in(node: nodes.Node, given: frozenset[str]) -> Iterator[str]:
    if isinstance(node, nodes.Name):
        if node.ctx == "load" and node.name not in given:
            yield node.name
        return
    inner = given
    if isinstance(node, nodes.For):
        yield from _read_in(node.iter, given)
        inner = given | {node.target.name} if isinstance(node.target, nodes.Name) else given
    for child in node.iter_child_nodes(exclude=("iter",) if isinstance(node, nodes.For) else ()):
        yield from _read_in(child, inner)
