"""Word and OpenDocument texts: unpacked within bounds, packed anew without properties; macros are refused."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any, Final

import docx
from docx.opc.exceptions import OpcError
from lxml import etree

from rj_engine.cases.papers.paper import Paper, PaperRefused

MOST_PARTS: Final = 2000
MOST_UNPACKED: Final = 120_000_000
"""Bytes of all parts together."""
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT: Final = "application/vnd.oasis.opendocument.text"
TOLD: Final = ("/docProps/app.xml", "/docProps/custom.xml", "/docProps/thumbnail.jpeg", "/customXml/")
META: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?><office:document-meta '
    b'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.3"><office:meta/>'
    b"</office:document-meta>"
)
PATH: Final = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}full-path"
PARSER: Final = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
MACROS: Final = (
    "This document holds macros, small programs that run when it is opened. Save it without them, or as PDF."
)
BOMB: Final = "This document unpacks to far more than it seems to hold. Save it as PDF and add that."
BROKEN: Final = "This document cannot be opened. Save it as PDF and add that."
OUTSIDE: Final = "This document fetches a part of itself from elsewhere. Save it as PDF and add that."
LOCKED: Final = "This document is locked with a password. Save it without one and add it again."


def opened(body: bytes) -> zipfile.ZipFile:
    """The package, once its size and its parts have been looked at."""
    try:
        package = zipfile.ZipFile(io.BytesIO(body))
        parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        # `NotImplementedError`: zipfile's word for a compression or a version it does not know.
        raise PaperRefused(BROKEN) from error
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise PaperRefused(BOMB)
    if len({part.filename for part in parts}) < len(parts) or any(part.flag_bits & 1 for part in parts):
        raise PaperRefused(BROKEN)
    return package


def docx_rewritten(body: bytes) -> Paper:
    """A Word document without properties, thumbnails and hidden data; comments and tracked changes stay words."""
    package = opened(body)
    _no_macros(package)
    try:
        file = docx.Document(io.BytesIO(body))
        _nothing_from_elsewhere(file.part.package)
        _forget(file)
        out = io.BytesIO()
        file.save(out)
    except (OpcError, etree.XMLSyntaxError, zipfile.BadZipFile, zlib.error) as error:
        raise PaperRefused(BROKEN) from error
    except (KeyError, ValueError, TypeError, AttributeError, OSError) as error:  # what python-docx says of torn files
        raise PaperRefused(BROKEN) from error
    return Paper("docx", DOCX, out.getvalue())


def _no_macros(package: zipfile.ZipFile) -> None:
    names = [name.lower() for name in package.namelist()]
    kinds = _part(package, "[Content_Types].xml").lower()
    if any("vba" in name or "/activex/" in name for name in names) or b"macroenabled" in kinds:
        raise PaperRefused(MACROS)


def _nothing_from_elsewhere(package: Any) -> None:
    """Links one presses may stay; templates, pictures and objects fetched on opening may not."""
    for part in package.iter_parts():
        for rel in part.rels.values():
            if rel.is_external and not rel.reltype.endswith("/hyperlink"):
                raise PaperRefused(OUTSIDE)
            if rel.reltype.endswith(("/oleObject", "/package", "/control", "/vbaProject")):
                raise PaperRefused(MACROS)


def _forget(file: Any) -> None:
    about = file.core_properties
    for name in ("author", "last_modified_by", "comments", "keywords", "subject", "title", "category", "identifier"):
        setattr(about, name, "")
    about.content_status = about.version = ""
    about.revision = 1
    rels = file.part.package.rels
    for key in [key for key, rel in rels.items() if not rel.is_external and _tells(str(rel.target_part.partname))]:
        del rels[key]


def _tells(name: str) -> bool:
    return name.startswith(TOLD)


def odt_rewritten(body: bytes) -> Paper:
    """An OpenDocument text with its words, styles and pictures alone."""
    package = opened(body)
    names = package.namelist()
    if any(name.startswith(("Basic/", "Scripts/", "Dialogs/")) for name in names):
        raise PaperRefused(MACROS)
    manifest = _part(package, "META-INF/manifest.xml")
    if b"encryption-data" in manifest:
        raise PaperRefused(LOCKED)
    content = _part(package, "content.xml")
    if b"script:event-listener" in content or b"<office:script " in content:
        raise PaperRefused(MACROS)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fresh:
        fresh.writestr(zipfile.ZipInfo("mimetype"), ODT)
        for name in names:
            if _kept(name):
                fresh.writestr(zipfile.ZipInfo(name), _made(package, name))
    return Paper("odt", ODT, out.getvalue())


def _made(package: zipfile.ZipFile, name: str) -> bytes:
    if name == "meta.xml":
        return META
    body = _part(package, name)
    if name != "META-INF/manifest.xml":
        return body
    manifest = etree.fromstring(body, PARSER)
    for entry in list(manifest):
        if not _kept(entry.get(PATH, "")) and entry.get(PATH) != "/":
            manifest.remove(entry)
    return etree.tostring(manifest, xml_declaration=True, encoding="UTF-8")


def _kept(name: str) -> bool:
    """What makes the document; embedded objects, thumbnails and settings with names of printers and users do not."""
    plain = name in {"content.xml", "styles.xml", "meta.xml", "META-INF/manifest.xml"}
    return plain or (name.startswith("Pictures/") and not name.endswith("/") and ".." not in name)


def _part(package: zipfile.ZipFile, name: str) -> bytes:
    """One part; XML is read once, so that nothing in it is a trap."""
    try:
        with package.open(name) as reading:
            body = reading.read(MOST_UNPACKED + 1)
        if len(body) > MOST_UNPACKED:
            raise PaperRefused(BOMB)
        if name.endswith(".xml") and (b"<!DOCTYPE" in body or b"<!ENTITY" in body):
            raise PaperRefused(BROKEN)
        if name.endswith(".xml"):
            etree.fromstring(body, PARSER)
    except (KeyError, zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, OSError, NotImplementedError) as error:
        # `NotImplementedError`, as in `opened`.
        raise PaperRefused(BROKEN) from error
    return body
