"""Reads a diagram's XML and trusts none of it."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from rj_engine.errors import Finding

SIZE_LIMIT: Final = 512 * 1024
BPMN: Final = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA: Final = "{http://camunda.org/schema/1.0/bpmn}"

_ENCODING = re.compile(r"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")


def _text_fault(data: bytes) -> Finding | None:
    """What can be refused before any parser sees the bytes."""
    if len(data) > SIZE_LIMIT:
        return Finding("too_large", f"The file is larger than {SIZE_LIMIT // 1024} KiB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Finding("not_utf8", "The file is not written in UTF-8.")
    declared = _ENCODING.match(text)
    if declared and declared.group(1).lower() not in {"utf-8", "utf8", "us-ascii", "ascii"}:
        return Finding("not_utf8", "The file does not declare UTF-8.")
    if re.search(r"<!\s*(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        return Finding("doctype", "The file declares a DOCTYPE. A diagram needs none, so it is not read.")
    return None


def read_xml(data: bytes) -> etree._Element | Finding:
    """The root element, or the one finding that says why the file is not read.

    No entity is resolved, no DTD loaded, nothing fetched.
    """
    fault = _text_fault(data)
    if fault:
        return fault
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line, column = getattr(error, "position", (None, None))
        return Finding("not_xml", "The file is not well-formed XML.", line=line or None, column=column or None)
    if root.getroottree().docinfo.internalDTD is not None:
        return Finding("doctype", "The file declares a DOCTYPE. A diagram needs none, so it is not read.")
    return root


def local(element: etree._Element) -> str:
    """The element's BPMN word without its namespace; other namespaces come back as `?`."""
    tag = str(element.tag)
    return tag[len(BPMN) :] if tag.startswith(BPMN) else "?"
