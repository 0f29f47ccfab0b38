"""A pathway as one file: every text it runs on, in a zip with a manifest and checksums; a draft takes all or nothing.

Nothing of a zip is believed: names, sizes, links, repeats and checksums are looked at before a text is read further.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from rj_engine import bpmn
from rj_engine.commands import Command, Outcome, handles
from rj_engine.errors import Finding
from rj_engine.ledger import Entry
from rj_engine.workflows.published.versions import Bundle
from rj_engine.workflows.studio import checks, draft_letters, drafting, foreign
from rj_engine.workflows.studio.drafting import LARGEST, FileRefused
from rj_engine.workflows.studio.foreign import UNREADABLE
from rj_engine.workflows.studio.rows import PathwayDraft

FORMAT: Final = "rj-pathway-bundle"
EDITION: Final = 1
MANIFEST: Final = "manifest.json"
CLOCKS: Final = "clocks.json"
NAME: Final = re.compile(
    r"(diagrams/[a-z][a-z0-9_]{0,62}\.bpmn|decisions/[a-z][a-z0-9_]{0,62}\.dmn|forms/[a-z][a-z0-9_]{0,62}\.form"
    r"|letters/[a-z][a-z0-9_]{0,62}\.md|clocks\.json|manifest\.json)\Z"
)
WHOLE: Final = 4 * 1024 * 1024
"""Bytes of a zip as it is sent."""
UNPACKED: Final = 8 * 1024 * 1024
MOST: Final = 500
"""Files in a zip."""
PLAIN: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
LOCKED: Final = 1
FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""A zip knows no earlier: the same content is the same file whenever it is made."""


@dataclass(frozen=True, kw_only=True)
class TakeBundle(Command):
    """Put a whole bundle in the place of what a draft holds; nothing of it where anything is wrong.

    `as_it_is` takes files too that can be opened and cannot run, as `taking.AddFile` does.
    """

    draft_id: UUID
    edition: int
    bundle: Bundle
    as_it_is: bool = False


def packed(bundle: Bundle, number: int | None) -> bytes:
    """The zip of a version, or of a draft (no number)."""
    files = _files(bundle)
    manifest = {
        "format": FORMAT,
        "edition": EDITION,
        "pathway": bundle.pathway,
        "version": number,
        "checksum": bundle.checksum,
        "files": {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in {MANIFEST: _json(manifest), **files}.items():
            package.writestr(zipfile.ZipInfo(name, FIRST_DAY), text.encode(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _files(bundle: Bundle) -> dict[str, str]:
    return {
        **{f"diagrams/{name}": text for name, text in sorted(bundle.diagrams.items())},
        **{f"decisions/{name}": text for name, text in sorted(bundle.decisions.items())},
        **{f"forms/{key}.form": text for key, text in sorted(bundle.forms.items())},
        **{f"letters/{name}": text for name, text in sorted(bundle.letters.items())},
        CLOCKS: _json(bundle.clocks),
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def opened(body: bytes) -> Bundle:
    """The bundle in a zip; `FileRefused` with everything that is wrong with the zip itself."""
    texts = _texts(body)
    manifest = _read(texts.pop(MANIFEST, ""), MANIFEST)
    wrong = list(_against(manifest, texts))
    if wrong:
        raise FileRefused(wrong)
    clocks = _read(texts.pop(CLOCKS, "{}"), CLOCKS)
    return Bundle(
        pathway=str(manifest["pathway"]),
        diagrams=_within(texts, "diagrams/"),
        decisions=_within(texts, "decisions/"),
        forms={name.removesuffix(checks.FORM): text for name, text in _within(texts, "forms/").items()},
        clocks=clocks,
        letters=_within(texts, "letters/"),
    )


def _within(texts: Mapping[str, str], folder: str) -> dict[str, str]:
    return {name.removeprefix(folder): text for name, text in texts.items() if name.startswith(folder)}


def _refused(code: str, words: str) -> FileRefused:
    return FileRefused([Finding(code, words)])


def _texts(body: bytes) -> dict[str, str]:
    """Every file by its name, read within bounds."""
    if len(body) > WHOLE:
        raise _refused("too_large", f"The bundle is larger than {WHOLE // 1024 // 1024} MiB.")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            parts = package.infolist()
            if wrong := list(_wrong_with(parts)):
                raise FileRefused(wrong)
            return {part.filename: _text(package, part) for part in parts}
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        # What `zipfile` says of torn files, unknown compressions and passwords.
        raise _refused("not_a_bundle", "This is no zip that can be opened.") from error


def _wrong_with(parts: list[zipfile.ZipInfo]) -> Iterator[Finding]:
    """What is wrong with the list of files, before any is read."""
    if len(parts) > MOST or sum(part.file_size for part in parts) > UNPACKED:
        yield Finding("too_large", "The zip unpacks to more than a pathway can hold.")
        return
    seen: set[str] = set()
    for part in parts:
        name = part.filename
        if not NAME.match(name):
            yield Finding("file_name", f"“{name[:80]}” is no file of a bundle.")
        if name.casefold() in seen:
            yield Finding("file_twice", f"“{name[:80]}” stands in the zip twice.")
        if stat.S_ISLNK(part.external_attr >> 16) or part.flag_bits & LOCKED or part.compress_type not in PLAIN:
            yield Finding("file_kind", f"“{name[:80]}” is a link, locked, or packed in an unknown way.")
        if part.file_size > LARGEST:
            yield Finding("too_large", f"“{name[:80]}” is larger than {LARGEST // 1024} KiB.")
        seen.add(name.casefold())


def _text(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> str:
    """One file; what unpacks to more than it says is refused."""
    with package.open(part) as reading:
        body = reading.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise _refused("too_large", f"“{part.filename}” is larger than it says.")
    text = body.decode("utf-8", "replace")
    if UNREADABLE in text or "\0" in text:
        raise _refused("not_utf8", f"“{part.filename}” is not written in UTF-8.")
    return text


def _read(text: str, name: str) -> dict[str, Any]:
    if checks.nesting(text) > checks.DEEPEST:
        raise _refused("not_a_bundle", f"“{name}” cannot be read.")
    try:
        found = json.loads(text)
    except ValueError as error:
        raise _refused("not_a_bundle", f"“{name}” is missing or cannot be read.") from error
    if not isinstance(found, dict):
        raise _refused("not_a_bundle", f"“{name}” cannot be read.")
    return found


def _against(manifest: Mapping[str, Any], texts: Mapping[str, str]) -> Iterator[Finding]:
    """Where the files are not those of the manifest."""
    if manifest.get("format") != FORMAT or manifest.get("edition") != EDITION:
        yield Finding("not_a_bundle", "The manifest is of no bundle that this version of the product can open.")
        return
    if not isinstance(manifest.get("pathway"), str):
        yield Finding("not_a_bundle", "The manifest does not say which pathway this is.")
    listed = manifest.get("files")
    sums = listed if isinstance(listed, dict) else {}
    for name in sorted(texts.keys() ^ sums.keys()):
        yield Finding("file_list", f"“{name[:80]}” is not both in the manifest and in the zip.")
    for name, text in texts.items():
        if name in sums and sums[name] != hashlib.sha256(text.encode()).hexdigest():
            yield Finding("file_changed", f"“{name}” is not the file that the manifest was made for.")


@handles(TakeBundle, verb="manage_pathways")
def take(command: TakeBundle, session: Session, now: datetime) -> Outcome:
    """All of it or nothing: whatever publishing would refuse is named, file by file."""
    draft = drafting.drawn_on(session, command.by, command.draft_id, command.edition)
    bundle = _whole(command.bundle)
    if found := _wrong(bundle, draft.pathway, drafting.basis(session, draft), as_it_is=command.as_it_is):
        raise FileRefused(found)
    drafting.put(draft, bundle, command.by, now)
    told = {"pathway": draft.pathway, "checksum": draft.checksum}
    return Outcome({"edition": draft.edition}, entries=[Entry("pathway:draft:bundle_taken", told)])


def could_be_taken(session: Session, draft: PathwayDraft, bundle: Bundle) -> bool:
    """Whether a bundle that was refused could be taken as it is, to be mended in the draft."""
    return not _wrong(_whole(bundle), draft.pathway, drafting.basis(session, draft), as_it_is=True)


def _whole(bundle: Bundle) -> Bundle:
    return checks.completed(replace(bundle, clocks=bundle.clocks or bpmn.clocks()))


def _wrong(bundle: Bundle, pathway: str, basis: Bundle, *, as_it_is: bool) -> list[Finding]:
    if bundle.pathway != pathway or f"{pathway}{checks.DIAGRAM}" not in bundle.diagrams:
        return [Finding("other_pathway", f"The bundle is of “{bundle.pathway[:60]}”, and this draft of “{pathway}”.")]
    if misfits := bpmn.misfits("clocks", {"status": "draft", "clocks": bundle.clocks}):
        return misfits
    files = checks.files_of(bundle)
    if unreadable := [one for file, text in files.items() for one in checks.unreadable(file, text)]:
        return unreadable
    if as_it_is:
        return [*_letters(bundle, basis), *(one for file, text in files.items() for one in foreign.refused(file, text))]
    if scripts := [
        one for file, text in files.items() if file.endswith(checks.FORM) for one in foreign.refused(file, text)
    ]:
        return scripts
    return [one.finding for one in checks.noted(bundle, basis) if one.refuses]


def _letters(bundle: Bundle, basis: Bundle) -> list[Finding]:
    """Letters are read by people outside: none comes in that could not be kept by hand."""
    new = {name: text for name, text in bundle.letters.items() if basis.letters.get(name) != text}
    return [one for name, text in new.items() for one in draft_letters.wrong_with(name, text)]
