"""Papers as people bring them, and as people with bad intentions make them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

import docx
from PIL import Image, PngImagePlugin
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

MAKER = "Mabel Maker"
"""Whoever made the file; nothing kept may say so."""


def a_picture(form: str = "JPEG", size: tuple[int, int] = (40, 30)) -> bytes:
    """A picture that tells who took it, where and with what."""
    picture, out = Image.new("RGB", size, (180, 30, 30)), io.BytesIO()
    exif = Image.Exif()
    exif[0x013B], exif[0x010F] = MAKER, "Camera of " + MAKER
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)
    more: dict[str, object] = {"exif": exif.tobytes()}
    if form == "PNG":
        told = PngImagePlugin.PngInfo()
        told.add_text("Author", MAKER)
        more["pnginfo"] = told
    picture.save(out, form, **more)
    return out.getvalue()


def a_pdf(*, locked: bool = False, acts: bool = False) -> bytes:
    """A page that tells its author and, where wanted, runs a script and carries a file."""
    writer, out = PdfWriter(), io.BytesIO()
    page = writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": MAKER, "/Title": "By " + MAKER})
    if acts:
        script = {
            NameObject("/S"): NameObject("/JavaScript"),
            NameObject("/JS"): TextStringObject("x('" + MAKER + "')"),
        }
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(script)
        writer.add_attachment("x.exe", b"MZ " + MAKER.encode())
        act = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x()")}
        page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): DictionaryObject(act)})
    if locked:
        writer.encrypt("secret", algorithm="RC4-128")
    writer.write(out)
    return out.getvalue()


def a_word_document() -> bytes:
    file, out = docx.Document(), io.BytesIO()
    file.add_paragraph("What I remember of that evening.")
    file.core_properties.author = file.core_properties.last_modified_by = MAKER
    file.core_properties.title = "By " + MAKER
    file.save(out)
    return out.getvalue()


def packed(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, body in parts.items():
            package.writestr(name, body)
    return out.getvalue()


def changed(body: bytes, **parts: bytes) -> bytes:
    """A package with parts put in or replaced; `__` in a name stands for a slash, `_dot_` for a dot."""
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        kept = {name: package.read(name) for name in package.namelist()}
    return packed({**kept, **{name.replace("__", "/").replace("_dot_", "."): each for name, each in parts.items()}})


MANIFEST = (
    b'<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    b'<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>'
    b'<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    b'<manifest:file-entry manifest:full-path="Object 1/" manifest:media-type="x/y"/></manifest:manifest>'
)
CONTENT = (
    b'<?xml version="1.0"?><office:document-content '
    b'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"><office:body/></office:document-content>'
)
META = (
    b'<?xml version="1.0"?><office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0">'
    b"<office:meta>Mabel Maker</office:meta></office:document-meta>"
)


def an_open_document(**parts: bytes) -> bytes:
    plain = {
        "mimetype": b"application/vnd.oasis.opendocument.text",
        "content.xml": CONTENT,
        "meta.xml": META,
        "META-INF/manifest.xml": MANIFEST,
        "Thumbnails/thumbnail.png": MAKER.encode(),
    }
    return packed({**plain, **{name.replace("__", "/").replace("_dot_", "."): body for name, body in parts.items()}})


def a_huge_png() -> bytes:
    """A few bytes that claim to be 60,000 by 60,000 points."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def a_bomb() -> bytes:
    """A Word document one part of which unpacks to 200 MB."""
    return changed(a_word_document(), word__media__x_dot_bin=b"\0" * 200_000_000)


def linked(reltype: str) -> bytes:
    """A Word document that fetches something from elsewhere as soon as it is opened."""
    kind = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{reltype}"
    rels = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{kind}" Target="http://198.51.100.1/x" TargetMode="External"/></Relationships>'
    )
    return changed(a_word_document(), word___rels__document_dot_xml_dot_rels=rels.encode())


MAIL = (
    b"Received: from x\r\nFrom: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n\r\nHello\r\n"
)
HOSTILE: Mapping[str, bytes] = {
    "nothing at all": b"",
    "web page": b"<!DOCTYPE html><script>alert(1)</script>",
    "web page after spaces": b"\n\n   <html><body onload=alert(1)>",
    "web page with a byte order mark": "\ufeff<html>".encode(),
    "web page in UTF-16": "<script>alert(1)</script>".encode("utf-16"),
    "drawing that runs": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "drawing behind a declaration": b'<?xml version="1.0"?><svg onload="alert(1)"/>',
    "entity laughs": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>',
    "program for Windows": b"MZ\x90\0" + b"\0" * 60,
    "program for Linux": b"\x7fELF" + b"\0" * 60,
    "shell bytes": b"\x00\x01\x02\x03 rm -rf",
    "e-mail": MAIL,
    "old Word file": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "telephone photograph": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "packed program": packed({"setup.exe": b"MZ"}),
    "spreadsheet": packed({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}),
    "Word file with macros": changed(a_word_document(), word__vbaProject_dot_bin=b"x"),
    "Word file that calls itself plain": changed(
        a_word_document(),
        **{"[Content_Types]_dot_xml": b'<Types><Override ContentType="ms-word.document.macroEnabled"/></Types>'},
    ),
    "Word file with a template elsewhere": linked("attachedTemplate"),
    "Word file with an object elsewhere": linked("oleObject"),
    "Word file with a picture elsewhere": linked("image"),
    "Word file without a document": packed({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}),
    "Word file with entities": changed(a_word_document(), **{"[Content_Types]_dot_xml": b"<!DOCTYPE x><x/>"}),
    "OpenDocument with macros": an_open_document(Basic__x_dot_xml=b"<x/>"),
    "OpenDocument that acts": an_open_document(
        content_dot_xml=CONTENT.replace(b"<office:body/>", b"<script:event-listener/>")
    ),
    "OpenDocument locked": an_open_document(**{"META-INF__manifest_dot_xml": b"<x><encryption-data/></x>"}),
    "OpenDocument with entities": an_open_document(content_dot_xml=b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"),
    "torn package": a_word_document()[:400],
    "torn photograph": a_picture()[:200],
    "photograph that is a page": b"\xff\xd8\xff<html><script>alert(1)</script>",
    "picture that is a page": b"\x89PNG\r\n\x1a\n<html>",
    "WebP that is a page": b"RIFF\x10\0\0\0WEBP<html><script>",
    "GIF": b"GIF89a/*<script>*/=1;",
    "picture of four thousand million points": a_huge_png(),
    "torn PDF": b"%PDF-1.7\n%\xe2\xe3\n1 0 obj<</Type/Catalog>>",
    "PDF of nothing": b"%PDF-",
    "locked PDF": a_pdf(locked=True),
    "PostScript": b"%!PS-Adobe-3.0\x01\x02",
    "RTF with an object": b"{\\rtf1\\object\x00}",
}
