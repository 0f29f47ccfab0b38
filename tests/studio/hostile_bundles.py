"""Zips that nobody means well with, made anew for each test: what is wrong with each, and its bytes."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import warnings
import zipfile
from collections.abc import Iterator, Mapping

from rj_engine.workflows.published.publishing import shipped
from rj_engine.workflows.studio import exchange

BODY = "diagrams/complaint.bpmn"


def good() -> dict[str, bytes]:
    """The files of a bundle that is taken."""
    with zipfile.ZipFile(io.BytesIO(exchange.packed(shipped("complaint"), None))) as package:
        return {name: package.read(name) for name in package.namelist()}


def zipped(files: Mapping[str, bytes], *more: tuple[zipfile.ZipInfo | str, bytes], method: int = 8) -> bytes:
    """Files as a zip; `more` are added as they are, twice where they are told twice."""
    out = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(out, "w", method) as package:
        for name, body in [*files.items(), *more]:
            package.writestr(name, body)
    return out.getvalue()


def listed(files: Mapping[str, bytes], /, **changes: object) -> dict[str, bytes]:
    """The same with a manifest that fits them, changed by `changes`."""
    rest = {name: body for name, body in files.items() if name != exchange.MANIFEST}
    known = json.loads(good()[exchange.MANIFEST])
    sums = {name: hashlib.sha256(body).hexdigest() for name, body in rest.items()}
    return {exchange.MANIFEST: json.dumps({**known, "files": sums, **changes}).encode(), **rest}


def bundles() -> Iterator[tuple[str, bytes]]:
    """Every one of them; all are to be refused."""
    files = good()
    yield from _of_paths(files)
    yield from _of_zips(files)
    yield from _of_manifests(files)
    yield from _of_contents(files)


def _of_paths(files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    for path in (
        "../../etc/passwd",
        "/etc/passwd",
        "diagrams/../../x.bpmn",
        "diagrams\\x.bpmn",
        "C:/x.bpmn",
        "diagrams/X.bpmn",
        "diagrams/a b.bpmn",
        "diagrams/x.bpmn/",
        "diagrams/.bpmn",
        "forms/x.form.exe",
        "letters/x.html",
        "x.py",
        "diagrams/sub/x.bpmn",
        "diagrams/x.bpmn\n",
        "diagrams/é.bpmn",
    ):
        yield f"path {path!r}", zipped(files, (path, b"x"))
    link = zipfile.ZipInfo("diagrams/link.bpmn")
    link.external_attr = 0o120777 << 16
    yield "a link", zipped(files, (link, b"/etc/passwd"))
    yield "a file twice", zipped(files, (BODY, files[BODY]))
    yield "a file twice in other letters", zipped(files, (BODY.upper(), files[BODY]))


def _of_zips(files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    whole = zipped(files)
    yield "nothing", b""
    yield "no zip", b"PK not really"
    yield "half a zip", whole[: len(whole) // 2]
    yield "another compression", zipped(files, method=zipfile.ZIP_BZIP2)
    yield "a bomb of one file", zipped({**files, "letters/bomb.md": b"0" * 9_000_000})
    yield "a bomb of many", zipped({**files, **{f"letters/b{one}.md": b"0" * 500_000 for one in range(30)}})
    yield "too many files", zipped({**files, **{f"letters/m{one}.md": b"x" for one in range(600)}})
    yield "a file too large", zipped(listed({**files, BODY: b" " * 600_000}))
    yield "a file that lies about its size", _lying(zipped(listed({**files, BODY: b" " * 600_000})), 600_000)
    yield "a locked file", _locked(whole)
    yield "a zip in a zip", zipped({**files, "diagrams/inner.bpmn": whole})
    yield "too large as sent", whole + b"0" * (exchange.WHOLE + 1)


def _lying(whole: bytes, size: int) -> bytes:
    return whole.replace(struct.pack("<I", size), struct.pack("<I", 10))


def _locked(whole: bytes) -> bytes:
    changed = bytearray(whole)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = changed.find(mark)
        changed[place + at] |= 1
    return bytes(changed)


def _of_manifests(files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    without = {name: body for name, body in files.items() if name != exchange.MANIFEST}
    yield "no manifest", zipped(without)
    yield "a manifest that is no JSON", zipped({**files, exchange.MANIFEST: b"{"})
    yield "a manifest that is a list", zipped({**files, exchange.MANIFEST: b"[]"})
    yield "a deep manifest", zipped({**files, exchange.MANIFEST: b"[" * 50_000 + b"]" * 50_000})
    yield "another format", zipped(listed(files, format="other"))
    yield "a later edition", zipped(listed(files, edition=2))
    yield "another pathway", zipped(listed(files, pathway="mediation"))
    yield "a pathway that is no text", zipped(listed(files, pathway=["complaint"]))
    yield "no pathway", zipped(listed(files, pathway=None))
    yield "files that are a list", zipped(listed(files, files=[]))
    yield "a file changed afterwards", zipped({**files, BODY: files[BODY] + b" "})
    yield "a file that is not listed", zipped({**files, "letters/more.md": b"# More"})
    yield "a file that is not there", zipped({name: body for name, body in files.items() if name != BODY})


def _of_contents(files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    entity = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>'
    yield "an entity", zipped(listed({**files, BODY: entity}))
    yield "no XML", zipped(listed({**files, BODY: b"words"}))
    yield "no UTF-8", zipped(listed({**files, BODY: b"\xff\xfe\x00"}))
    yield "a form that is no form", zipped(listed({**files, "forms/more.form": b"{}"}))
    yield "a deep form", zipped(listed({**files, "forms/deep.form": b"[" * 9_000}))
    yield "clocks of another kind", zipped(listed({**files, exchange.CLOCKS: b'{"soon": {"amount": -1}}'}))
    yield "clocks that are a list", zipped(listed({**files, exchange.CLOCKS: b"[]"}))
    yield (
        "a letter that asks for code",
        zipped(listed({**files, "letters/odd.md": b"---\nto: victim\n---\n# Hello\n\n{{ ''.__class__ }}\n"})),
    )
    script = (
        files[BODY].replace(b"<bpmn:userTask", b"<bpmn:scriptTask").replace(b"</bpmn:userTask", b"</bpmn:scriptTask")
    )
    yield "a script", zipped(listed({**files, BODY: script}))
