"""Where the line runs between a hostile file and one of another tool.

**Refused whatever is asked, nothing of it kept**: what cannot be read without following it, or cannot be opened and
saved again whole. A DOCTYPE or entity; an alphabet that is not the one it claims; another kind of file; too large,
too deep, too many; no process, no decision, no list of components; one id for two elements; elements of another tool
outside the place that the standard keeps for them, which an editor would drop; scripts and addresses of scripts in
the words of a form.

**Taken as it was sent, once its sender has seen what is wrong with it**: everything else. A script task, a listener,
a signal, a Java class: here they are words, nothing runs them, and each is named with its element. A draft that holds
any is edited, saved and compared, and neither tried nor proved nor sent for approval nor published.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any, Final

import re2
from lxml import etree

from rj_engine.errors import Finding
from rj_engine.workflows.engine import lint
from rj_engine.workflows.engine.lint_foreign import OWN, line_of, owner_id, space_of
from rj_engine.workflows.engine.xml import BPMN, local, read_xml
from rj_engine.workflows.studio import checks

UNREADABLE: Final = "\ufffd"
"""In the place of bytes that are no text."""
ALPHABETS: Final = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "windows-1252"})
WIDE: Final = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
DECLARED: Final = re.compile(r"""\A\s*(<\?xml[^>]*?\sencoding\s*=\s*["'])([A-Za-z0-9._-]{1,40})(["'])""")
ENDINGS: Final = {".bpmn20.xml": ".bpmn", ".bpmn2": ".bpmn", ".bpmn": ".bpmn", ".dmn": ".dmn", ".form": ".form"}
FATAL: Final = frozenset({"duplicate_id", "too_many_elements", "too_deep", "no_process"})
"""What the check says of a diagram that an editor could not open, or not keep whole."""
ATTRIBUTES: Final = 100
"""Attributes of one element; those of the tools we know have twenty at most."""
SCRIPT: Final = re2.compile(rb"(?i)<\s*script|javascript\s*:|<[^>]*\son[a-z]+\s*=")
"""Read by re2, whose time grows with the text alone: half a megabyte of `<` would keep Python's own for an hour."""
LONGEST_NAME: Final = 60


def decoded(data: bytes) -> str:
    """The text of a file in the alphabet that it names, declared as UTF-8 from here on; `UNREADABLE` where it lies."""
    wide = WIDE.get(data[:2])
    said = DECLARED.match(data[:200].decode("latin-1"))
    alphabet = wide or (said.group(2).lower() if said else "utf-8")
    if wide is None and alphabet not in ALPHABETS:
        return UNREADABLE
    try:
        text = data.decode("utf-8-sig" if alphabet.startswith("utf") and not wide else alphabet)
    except UnicodeDecodeError:
        return UNREADABLE
    declared = DECLARED.match(text)
    if declared is None or declared.group(2).lower() in {"utf-8", "utf8"}:
        return text
    if wide and not declared.group(2).lower().startswith("utf-16"):
        return UNREADABLE
    return f"{declared.group(1)}UTF-8{text[declared.start(3) :]}"


def proper_name(name: str) -> str:
    """The name that a file of another tool has here: lower case words joined by _, and one of our endings."""
    plain = PurePath(name.replace("\\", "/")).name.lower()
    ending = next((one for one in ENDINGS if plain.endswith(one)), "")
    words = re.sub(r"[^a-z0-9]+", "_", plain.removesuffix(ending)).strip("_") if ending else ""
    if words[:1].isdigit():
        words = f"file_{words}"
    return f"{words[:LONGEST_NAME].rstrip('_')}{ENDINGS[ending]}" if words else name


def refused(file: str, text: str) -> list[Finding]:
    """Why a file that can be read is not taken as it is."""
    if file.endswith(checks.DIAGRAM):
        return list(_of_diagram(file, text))
    if file.endswith(checks.DECISION):
        return list(_of_decision(text))
    return list(_of_form(text))


def _of_diagram(file: str, text: str) -> Iterator[Finding]:
    root = read_xml(text.encode())
    if isinstance(root, Finding):
        yield root
        return
    yield from (one for one in lint.lint({file: text.encode()}) if one.code in FATAL)
    yield from _strays(root)
    yield from _crowded(root)


def _strays(root: etree._Element) -> Iterator[Finding]:
    """Elements that an editor would drop: of another tool, and not where the standard keeps a place for them."""
    for element in root.iter(f"{BPMN}*"):
        if local(element) == "extensionElements":
            continue
        for child in element:
            tag = str(child.tag)
            if not tag.startswith(OWN):
                words = f"“{etree.QName(child).localname}” of another tool stands where an editor would drop it."
                yield Finding("stray_element", words, owner_id(child), line=line_of(child))


def _crowded(root: etree._Element) -> Iterator[Finding]:
    for element in root.iter():
        if len(element.attrib) > ATTRIBUTES:
            words = f"An element has more than {ATTRIBUTES} attributes."
            yield Finding("too_large", words, owner_id(element), line=line_of(element))


def _of_decision(text: str) -> Iterator[Finding]:
    root = read_xml(text.encode())
    if isinstance(root, Finding):
        yield root
        return
    space = space_of(str(root.tag))
    if etree.QName(root).localname != "definitions" or not re.match(r"\{https?://www\.omg\.org/spec/DMN/", space):
        yield Finding("not_dmn", "The file is no decision model (DMN 1.1 to 1.5).", line=line_of(root))
        return
    if root.find(f"{space}decision") is None:
        yield Finding("no_decision", "The file holds no decision.")
    yield from _twice(root)
    yield from _crowded(root)


def _twice(root: etree._Element) -> Iterator[Finding]:
    seen: set[str] = set()
    for element in root.iter():
        name = element.get("id")
        if name and name in seen:
            yield Finding("duplicate_id", f"Two elements have the id “{name}”.", name, line=line_of(element))
        seen.add(name or "")


def _of_form(text: str) -> Iterator[Finding]:
    for key, words in _words(json.loads(text), ""):
        if SCRIPT.search(words.encode(errors="replace")):
            yield Finding("script_in_words", "These words would be a script in a browser. Take them out.", key or None)


def _words(part: Any, key: str) -> Iterator[tuple[str, str]]:
    """Every text of a form, with the key or id of the component that holds it."""
    if isinstance(part, dict):
        key = str(part.get("key") or part.get("id") or key)
        for each in part.values():
            yield from _words(each, key)
    elif isinstance(part, list):
        for each in part:
            yield from _words(each, key)
    elif isinstance(part, str):
        yield key, part
