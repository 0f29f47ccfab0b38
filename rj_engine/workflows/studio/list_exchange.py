"""A list as one file for another service: whole or not at all, and without anybody's name, address or telephone.

It is the service's and no pathway's, so it travels beside the bundles of pathways and not in one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from rj_engine.cases import lists
from rj_engine.commands import Command, Outcome, handles
from rj_engine.errors import Finding
from rj_engine.ledger import Entry
from rj_engine.workflows.studio import checks, list_drafts, typed_rows
from rj_engine.workflows.studio.drafting import FileRefused

FORMAT: Final = "rj-service-list"
EDITION: Final = 1
WHOLE: Final = 512 * 1024
"""Bytes of a file as it is sent."""
KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,59}\Z")
STAY: Final = ("contact_name", "email", "telephone")
"""What is about people stays in the service that was told it."""
OWN_AFFAIR: Final = ("agreed_on", "ends_on", "checked_on")
"""What holds between two organisations holds for no third one."""


@dataclass(frozen=True, kw_only=True)
class TakeList(Command):
    """Put the rows of a file into a draft: those of a key that is there take its place, others are added."""

    draft_id: UUID
    edition: int
    rows: Mapping[str, Mapping[str, Any]]


def packed(kind: str, rows: lists.Rows) -> bytes:
    """The file of a list, the same for the same rows."""
    told = {key: {name: value for name, value in row.items() if _travels(name)} for key, row in rows.items()}
    document = {"format": FORMAT, "edition": EDITION, "list": kind, "checksum": lists.checksum_of(told), "rows": told}
    return (json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _travels(name: str) -> bool:
    return name not in STAY and name not in OWN_AFFAIR


def opened(body: bytes, kind: str) -> dict[str, dict[str, Any]]:
    """The rows of a file of that list; `FileRefused` with everything that is wrong with the file."""
    document = _document(body)
    rows = document.get("rows")
    if (document.get("format"), document.get("edition"), document.get("list")) != (FORMAT, EDITION, kind):
        raise _refused("not_a_list", "This is no file of this list that this version of the product can open.")
    if not isinstance(rows, dict) or len(rows) > typed_rows.MOST:
        raise _refused("not_a_list", f"A list holds {typed_rows.MOST} rows at most.")
    if wrong := [one for key, row in rows.items() for one in _shape(kind, key, row)]:
        raise FileRefused(wrong[:20])
    if document.get("checksum") != lists.checksum_of(rows):
        raise _refused("file_changed", "The rows are not those that the file was made for.")
    return {key: {name: value for name, value in row.items() if _travels(name)} for key, row in rows.items()}


def _document(body: bytes) -> dict[str, Any]:
    if len(body) > WHOLE:
        raise _refused("too_large", f"The file is larger than {WHOLE // 1024} KiB.")
    try:
        text = body.decode("utf-8-sig")
        found = json.loads(text) if checks.nesting(text) <= checks.DEEPEST else None
        json.dumps(found, ensure_ascii=False).encode()  # refuses half a character, which nothing could keep
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _refused("not_a_list", "This file cannot be read as a list.")
    return found


def _shape(kind: str, key: str, row: object) -> Iterator[Finding]:
    """Whether it is a row at all: what it says is checked in the draft, as if it had been typed."""
    if not KEY.match(key):
        yield Finding("row_key", f"“{key[:60]}” is no key of a row.")
    if not isinstance(row, dict):
        yield Finding("row_shape", f"“{key[:60]}” is no row.")
        return
    for name, value in row.items():
        if not _fits(kind, name, value):
            yield Finding("row_part", f"“{key[:60]}”: “{str(name)[:60]}” is no part of a row, or does not fit in it.")


def _fits(kind: str, name: str, value: object) -> bool:
    if name in typed_rows.CHOICES[kind]:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if name == typed_rows.TICK[kind]:
        return isinstance(value, bool)
    return name in typed_rows.WORDS[kind] and isinstance(value, str)


def _refused(code: str, words: str) -> FileRefused:
    return FileRefused([Finding(code, words)])


@handles(TakeList, verb="manage_pathways")
def take(command: TakeList, session: Session, now: datetime) -> Outcome:
    """All rows or none; what a partner's row says of people and agreements here stays as it is."""
    draft = list_drafts.still(session, command.by, command.draft_id, command.edition)
    rows, kind = draft.content["rows"], draft.kind
    taken = {key: typed_rows.typed(kind, key, {**rows.get(key, {}), **row}) for key, row in command.rows.items()}
    if len(rows.keys() | taken.keys()) > typed_rows.MOST:
        raise _refused("list_full", f"A list holds {typed_rows.MOST} rows at most.")
    # A page that was open before has not seen these rows: it is told whose they are, and does not save over them.
    fresh = list_drafts.kept_by(command.by, str(command.command_id), now)
    kept = draft.content["kept"] | {key: fresh for key, row in taken.items() if row != rows.get(key)}
    list_drafts.put(draft, {"rows": {**rows, **taken}, "kept": kept}, command.by, now)
    told = {"list": kind, "rows": sorted(taken)}
    return Outcome({"edition": draft.edition, "rows": len(taken)}, entries=[Entry("list:draft:file_taken", told)])
