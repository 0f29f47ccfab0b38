"""What a file is by what it holds, whatever it is called; anything but these kinds is refused in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import puremagic

from rj_engine.cases.papers import office, pdfs, pictures
from rj_engine.cases.papers.paper import Paper, PaperRefused

TAKEN: Final = "PDF, JPEG, PNG, WebP, Word (DOCX), OpenDocument (ODT) or plain text"
BEGIN: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF-", "pdf"),
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"PK\x03\x04", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"GIF8", "unknown"),
    (b"{\\rtf", "unknown"),
    (b"%!PS", "unknown"),
)
HEIF: Final = re.compile(rb"....ftyp(?:hei[cfmsx]|hev[cmsx]|mif1|msf1|avif)", re.DOTALL)
MAIL: Final = re.compile(r"\A(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){3,}", re.ASCII)
MAIL_HEADS: Final = re.compile(r"^(?:from|received|message-id|mime-version):", re.IGNORECASE | re.MULTILINE)
MARKUP: Final = re.compile(r"\A\s*(?:<\?xml|<!doctype|<!--|<html|<svg|<script|<head|<body|<\w+[\s>])", re.IGNORECASE)
SAYS: Final[Mapping[str, str]] = {
    "heic": "This is a HEIC photograph, which not every device can open. Save or send it as JPEG and add that.",
    "mail": "This is an e-mail with everything it carried. Print it to PDF, or copy its words into a note.",
    "markup": "This is a web page or a drawing that can run programs. Print it to PDF and add that.",
    "ole": "This is an old Office file, or one locked with a password. Save it as DOCX without one, or as PDF.",
    "program": "This is a program. Programs are not kept here.",
    "zip": "This is a packed file, or an Office file that is no letter. Add what is in it one by one, as PDF.",
    "unknown": f"What this file holds is not known here. Add it as {TAKEN}.",
    "empty": "This file is empty. Choose another.",
}
MIXED: Final = "This file begins as one thing and goes on as another. Print it to PDF and add that."
TEXT: Final = "text/plain"


def read(body: bytes, largest: int) -> Paper:
    """The paper made anew, or `PaperRefused` with what to do instead; `largest` in bytes."""
    if not body:
        raise PaperRefused(SAYS["empty"])
    if len(body) > largest:
        raise PaperRefused(f"This file is larger than {largest // 1_000_000} MB. Make it smaller, or add it in parts.")
    kind = recognised(body)
    if kind not in MAKERS:
        raise PaperRefused(SAYS.get(kind, SAYS["unknown"]))
    made = MAKERS[kind](body)
    if len(made.body) > 2 * largest:
        raise PaperRefused(SAYS["unknown"])
    return made


def recognised(body: bytes) -> str:
    """The kind of a file by its own first bytes; two witnesses have to agree on what is no text."""
    kind = next((kind for begin, kind in BEGIN if body.startswith(begin)), "")
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        kind = "webp"
    if HEIF.match(body[:16]):
        return "heic"
    if not kind:
        return _of_text(body)
    if kind in {"jpg", "png", "webp", "pdf"} and not _second_witness(body, kind):
        raise PaperRefused(MIXED)
    return _of_package(body) if kind == "zip" else kind


def _second_witness(body: bytes, kind: str) -> bool:
    """What a library that knows many kinds says of the same bytes."""
    try:
        told = {match.extension.lstrip(".") for match in puremagic.magic_string(body[:65536])}
    except (puremagic.PureError, ValueError):
        return False
    return kind in told or (kind == "jpg" and bool(told & {"jpeg", "jfif", "jpe"}))


def _of_package(body: bytes) -> str:
    package = office.opened(body)
    names = package.namelist()
    if "word/document.xml" in names and "[Content_Types].xml" in names:
        return "docx"
    if "mimetype" in names and package.getinfo("mimetype").file_size < 100:  # noqa: PLR2004 - its longest name is 70
        with package.open("mimetype") as told:
            return "odt" if told.read(100).decode("ascii", "replace").strip() == office.ODT else "zip"
    return "zip"


def _of_text(body: bytes) -> str:
    text = _decoded(body)
    if text is None:
        return "unknown"
    if MARKUP.match(text):
        return "markup"
    if MAIL.match(text.replace("\r\n", "\n")) and MAIL_HEADS.search(text[:4000]):
        return "mail"
    return "txt"


def _decoded(body: bytes) -> str | None:
    """The words of a text file; None where it is none."""
    encoding = "utf-16" if body[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError:
        if b"\0" in body or encoding == "utf-16":
            return None
        text = body.decode("cp1252", "replace")
    odd = any(unicodedata.category(sign) == "Cc" and sign not in "\n\r\t\f" for sign in text)
    return None if odd else text


def _rewritten_text(body: bytes) -> Paper:
    return Paper("txt", TEXT, (_decoded(body) or "").replace("\r\n", "\n").encode("utf-8"))


MAKERS: Final[Mapping[str, Callable[[bytes], Paper]]] = {
    "pdf": pdfs.rewritten,
    "jpg": partial(pictures.repainted, form="JPEG"),
    "png": partial(pictures.repainted, form="PNG"),
    "webp": partial(pictures.repainted, form="WEBP"),
    "docx": office.docx_rewritten,
    "odt": office.odt_rewritten,
    "txt": _rewritten_text,
}
