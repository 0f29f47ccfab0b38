"""Words in templates that no catalogue holds, because nobody marked them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from jinja2 import Environment, nodes

NO_TEXT: Final = re.compile(
    r"\{% block body_class %\}.*?\{% endblock %\}|\{%-? set described -?%\}.*?\{%-? endset -?%\}", re.DOTALL
)
"""Styles and ids that are put together outside a tag."""
WORD: Final = re.compile(r"[A-Za-z]{2,}")
SPOKEN: Final = frozenset({"aria-label", "aria-roledescription", "alt", "data-label", "placeholder", "title"})
SILENT: Final = frozenset({"script", "style", "code"})
MARKING: Final = frozenset({"_", "gettext", "ngettext", "pgettext"})
NO_WORDS: Final = frozenset({"url_for", "vendor"})
STYLES: Final = re.compile(r"govuk|moj|rj-|aria-|^[#/]")
SENTENCE: Final = re.compile(r"^[A-Z][a-z]+|[a-z]{2,},? [a-z]{2,}")


class _Seen(HTMLParser):
    """What a reader of the page sees or hears of its own words."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in SILENT
        self.words += [value for name, value in attrs if name in SPOKEN and value and WORD.search(value)]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent and WORD.search(data):
            self.words.append(" ".join(data.split()))


def unmarked(template: str) -> list[str]:
    """Every text of a template, between its tags and inside its expressions, that is not marked."""
    jinja = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    seen = _Seen()
    seen.feed("".join(_outside(jinja, NO_TEXT.sub("", template))))
    seen.close()
    return [*seen.words, *_inside(jinja.parse(template))]


def _outside(jinja: Environment, template: str) -> Iterator[str]:
    """The HTML alone, with a mark where something is put in."""
    for _line, kind, text in jinja.lex(template):
        if kind == "data":
            yield text
        elif kind == "variable_begin":
            yield " \N{NULL} "  # parted, so that it is no piece of a name of a tag


def _inside(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and _is_said(node.value):
        yield node.value
    for child in _spoken_parts(node):
        yield from _inside(child)


def _spoken_parts(node: nodes.Node) -> Iterable[nodes.Node]:
    """Where words may hide: not in keys, names of templates and comparisons, nor in a text that is marked."""
    match node:
        case nodes.Call(node=nodes.Name(name=name)) if name in NO_WORDS:
            return []
        case nodes.Call(node=nodes.Name(name=name)) if name in MARKING:
            return node.kwargs
        case nodes.Compare() | nodes.Extends() | nodes.Include() | nodes.FromImport():
            return []
        case nodes.Getitem():
            return [node.node]
        case nodes.Pair():
            return [node.value]
    return node.iter_child_nodes()


def _is_said(text: str) -> bool:
    return bool(SENTENCE.search(text)) and not STYLES.search(text)


def in_folder(folder: Path) -> dict[str, list[str]]:
    """Template to what nobody marked in it."""
    found = {path.relative_to(folder).as_posix(): unmarked(path.read_text(encoding="utf-8")) for path in _all(folder)}
    return {name: words for name, words in found.items() if words}


def _all(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.html"))
