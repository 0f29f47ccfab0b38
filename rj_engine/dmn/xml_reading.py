"""Small questions asked of XML elements."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree


def local(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return etree.QName(element).localname


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """The DMN children of these names; other tools' extensions are passed over."""
    home = str(element.tag).rpartition("}")[0]
    wanted = [f"{home}}}{name}" if home else name for name in names]
    yield from element.iterchildren(*wanted)


def child(element: etree._Element, *names: str) -> etree._Element | None:
    """The first such child."""
    return next(children(element, *names), None)


def text_of(element: etree._Element | None, name: str = "text") -> str | None:
    """The text of the named child, whole."""
    found = None if element is None else child(element, name)
    return None if found is None else (found.text or "")


def name_of(element: etree._Element, attribute: str = "name") -> str:
    """A name with its white space made single, as FEEL reads names."""
    return " ".join(element.get(attribute, "").split())


def line_of(element: etree._Element) -> int | None:
    """Line in the file, from 1."""
    line: object = element.sourceline
    return line if isinstance(line, int) else None
