"""Markdown written by pathway authors, as HTML that holds no markup but its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from markupsafe import Markup

SAFE_ADDRESS: Final = re.compile(r"(https://|mailto:|tel:|/(?!/)|#)")
CLASSES: Final = {
    "p": "govuk-body",
    "ul": "govuk-list govuk-list--bullet",
    "ol": "govuk-list govuk-list--number",
    "a": "govuk-link",
    "blockquote": "govuk-inset-text",
    "h2": "govuk-heading-m",
    "h3": "govuk-heading-s",
}
LEVELS: Final = {"h1": "h2", "h3": "h2", "h4": "h3", "h5": "h3", "h6": "h3"}
"""A page has its h1 already, and authors begin at any level: two levels are enough for a form."""
NAME: Final = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")
SPECIAL: Final = re.compile(r"([\\`*_{}\[\]()#+\-.!>|])")


class _Dress(Treeprocessor):
    """GOV.UK classes on every element; two levels of headings; no images; only harmless addresses."""

    def run(self, root: Element) -> None:
        """Walk the tree once."""
        for element in root.iter():
            element.tag = LEVELS.get(element.tag, element.tag)
            if element.tag == "img":
                element.tag, element.text = "span", element.get("alt", "")
                element.attrib.clear()
            if element.tag == "a" and not SAFE_ADDRESS.match(element.get("href", "")):
                element.attrib.pop("href", None)
            if element.tag in CLASSES:
                element.set("class", CLASSES[element.tag])


class _Plain(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's own name
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.treeprocessors.register(_Dress(md), "dress", 0)


@lru_cache(maxsize=2048)
def safe_html(text: str) -> Markup:
    """Markdown as HTML; tags in the text are shown, not obeyed."""
    return Markup(Markdown(extensions=[_Plain()], output_format="html").convert(text))  # noqa: S704 - escaped above


def filled(text: str, variables: Mapping[str, object]) -> str:
    """`{{ name }}` replaced by what the case knows, its Markdown signs taken literally; unknown names by nothing."""
    return NAME.sub(lambda found: SPECIAL.sub(r"\\\1", _said(variables.get(found[1]))), text)


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
