"""Opens a decision file without ever following what it points to."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from rj_engine.dmn.refusals import DecisionRefused
from rj_engine.errors import Finding

LARGEST: Final = 512 * 1024
"""Bytes; the largest table seen in the field is a twentieth of it."""

NAMESPACES: Final = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}

_DOCTYPE = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(r"""^\s*<\?xml[^>]*?\bencoding\s*=\s*["']([^"']*)["']""")


def read(xml: bytes) -> etree._Element:
    """The root of a DMN file of version 1.1 to 1.5.

    Refuses: more than 512 KiB, anything but UTF-8, any DOCTYPE or entity (seen before the parser is
    called), broken XML, and files that are not DMN.
    """
    if len(xml) > LARGEST:
        raise _refused("file_too_large", f"The file is larger than {LARGEST // 1024} KiB.")
    text = _text(xml)
    if _DOCTYPE.search(text):
        raise _refused("doctype", "The file declares a document type or an entity, which a decision never needs.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(_ENCODING.sub("<?xml version='1.0'", text).encode(), parser)
    except etree.XMLSyntaxError as trouble:
        line, column = trouble.position
        finding = Finding("not_xml", f"The file is not well-formed XML: {trouble.msg}.", line=line, column=column)
        raise DecisionRefused([finding]) from None
    if etree.QName(root).localname != "definitions" or etree.QName(root).namespace not in NAMESPACES:
        raise _refused("not_dmn", "The file is not a DMN model of version 1.1, 1.2, 1.3, 1.4 or 1.5.")
    return root


def _text(xml: bytes) -> str:
    try:
        text = xml.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused("not_utf8", "The file is not in UTF-8.") from None
    declared = _ENCODING.match(text)
    if declared and declared[1].lower() not in {"utf-8", "utf8", "us-ascii", "ascii"}:
        raise _refused("not_utf8", f"The file says it is in {declared[1][:40]}; only UTF-8 is read.")
    if "\0" in text:
        raise _refused("not_utf8", "The file holds zero bytes, so it is not UTF-8 text.")
    return text


def _refused(code: str, message: str) -> DecisionRefused:
    return DecisionRefused([Finding(code, message)])
