"""Drafts of a service's lists: begun from the list decided last, kept row by row as it is typed, sent or dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases import lists, reasons
from rj_engine.cases.case import NotFound
from rj_engine.commands import Actor, Command, Outcome, handles
from rj_engine.errors import Finding
from rj_engine.ledger import Entry
from rj_engine.people import staff
from rj_engine.people.staff import Service
from rj_engine.workflows.studio import partner_checks, reason_checks, typed_rows
from rj_engine.workflows.studio.drafting import ALIVE, DraftClosed, DraftMoved, FileRefused
from rj_engine.workflows.studio.list_rows import ListDraft

MARK: Final = 16


class RowMoved(DraftMoved):
    """Somebody else has saved this row since you opened it. Yours is not saved; nothing of it is lost."""

    code = "row_moved"


@dataclass(frozen=True, kw_only=True)
class StartList(Command):
    """Begin the next version of a list, or go on with the one that was begun."""

    what: str


@dataclass(frozen=True, kw_only=True)
class AddRow(Command):
    """Put a new reason of category `of`, or a new partner of kind `of`, into a draft."""

    draft_id: UUID
    name: str
    of: str


@dataclass(frozen=True, kw_only=True)
class KeepRow(Command):
    """Keep a row as it is typed, right or wrong; `seen` marks what stood there when page `sitting` was opened."""

    draft_id: UUID
    key: str
    row: Mapping[str, Any]
    seen: str
    sitting: str


@dataclass(frozen=True, kw_only=True)
class RemoveRow(Command):
    """Take out a row that was never published."""

    draft_id: UUID
    key: str


@dataclass(frozen=True, kw_only=True)
class SubmitList(Command):
    """Ask a second person to publish a draft; the service uses it from `stands_from`, a London day."""

    draft_id: UUID
    edition: int
    stands_from: date


@dataclass(frozen=True, kw_only=True)
class TakeBackList(Command):
    """Go on with a draft that waits for approval."""

    draft_id: UUID


@dataclass(frozen=True, kw_only=True)
class DropList(Command):
    """Let a draft go; what was typed stays on record."""

    draft_id: UUID


def alive(session: Session, by: Actor, kind: str) -> ListDraft | None:
    """The draft of a service's list that is not done with."""
    where = ListDraft.service_id == by.service_id, ListDraft.kind == kind, ListDraft.status.in_(ALIVE)
    return session.scalars(select(ListDraft).where(*where).order_by(ListDraft.started_at)).first()


def find(session: Session, by: Actor, draft_id: UUID, *, hold: bool = False) -> ListDraft:
    """A draft of the actor's own service, or `NotFound`."""
    wanted = select(ListDraft).where(ListDraft.id == draft_id, ListDraft.service_id == by.service_id)
    row = session.scalars(wanted.with_for_update() if hold else wanted).one_or_none()
    if row is None:
        raise NotFound
    return row


def stands(session: Session, service_id: UUID, kind: str, now: datetime) -> dict[str, dict[str, Any]]:
    """The rows in force; of reasons also those of the product that the list does not name."""
    return _rows(kind, lists.standing(session, service_id, kind, now))


def _rows(kind: str, version: lists.ListVersion | None) -> dict[str, dict[str, Any]]:
    of_product = reasons.of_the_product() if kind == lists.REASONS else {}
    return {**of_product, **(version.rows if version else {})}


def begun_from(session: Session, service_id: UUID, kind: str) -> dict[str, dict[str, Any]]:
    """What a draft begins with: the list decided last, in force or to come, and out of use all else ever published."""
    line = lists.last_line(session, service_id, kind)
    decided = _rows(kind, session.get(lists.ListVersion, line.version_id) if line and line.version_id else None)
    ever = _published(session, service_id, kind)
    return {**{key: {**row, typed_rows.TICK[kind]: False} for key, row in ever.items()}, **decided}


def to_come(session: Session, service_id: UUID, kind: str, now: datetime) -> list[lists.StandingList]:
    """What is decided and not in force yet, the next first; not what a later decision has put aside."""
    where = lists.StandingList.service_id == service_id, lists.StandingList.kind == kind
    found: list[lists.StandingList] = []
    for line in session.scalars(select(lists.StandingList).where(*where).order_by(lists.StandingList.number.desc())):
        if line.from_at <= now:
            break
        if not found or line.from_at < found[-1].from_at:
            found.append(line)
    return found[::-1]


def puts_aside(session: Session, draft: ListDraft, now: datetime) -> list[lists.StandingList]:
    """What is to come and will not, once this draft is published from its day; from today while it has none."""
    day = draft.stands_from if draft.status == "submitted" else None
    from_at = max(now, clock.start_of(day)) if day else now
    return [one for one in to_come(session, draft.service_id, draft.kind, now) if one.from_at >= from_at]


def brought_along(session: Session, draft: ListDraft) -> dict[str, dict[str, Any]]:
    """Rows out of use that the draft holds as it began with them: they change nothing in a list without them."""
    begun, tick = begun_from(session, draft.service_id, draft.kind), typed_rows.TICK[draft.kind]
    return {key: row for key, row in draft.content["rows"].items() if not row[tick] and begun.get(key) == row}


def _published(session: Session, service_id: UUID, kind: str) -> dict[str, dict[str, Any]]:
    """Every row that any version of the list has held, as it was published last."""
    held = _rows(kind, None)
    for version in reversed(lists.every(session, service_id, kind)):
        held |= version.rows
    return held


def published_keys(session: Session, service_id: UUID, kind: str) -> frozenset[str]:
    """Every key that any version of the list has held: cases may know it."""
    return frozenset(_published(session, service_id, kind))


def noted(session: Session, draft: ListDraft, now: datetime) -> list[Finding]:
    """Everything wrong with a draft, each with the key of its row."""
    rows, ever = draft.content["rows"], _published(session, draft.service_id, draft.kind)
    if draft.kind == lists.PARTNERS:
        return partner_checks.noted(rows, ever, now)
    return reason_checks.noted(rows, ever, reason_checks.needed(session, draft.service_id, now))


def mark(row: Mapping[str, Any] | None) -> str:
    """A short mark of what a row says."""
    return lists.checksum_of({"row": row or {}})[:MARK]


@handles(StartList, verb="manage_pathways")
def start(command: StartList, session: Session, now: datetime) -> Outcome:
    """One draft a list and service: who comes second goes on with the first one's."""
    by = command.by
    if command.what not in lists.KINDS:
        raise NotFound
    session.get_one(Service, by.service_id, with_for_update=True)
    if (begun := alive(session, by, command.what)) is not None:
        return Outcome({"draft": str(begun.id), "new": False})
    draft = ListDraft(
        service_id=by.service_id,
        kind=command.what,
        content={"rows": begun_from(session, by.service_id, command.what), "kept": {}},
        started_at=now,
        changed_at=now,
        changed_by=by.id,
        status="open",
        edition=1,
        authors=[],
    )
    session.add(draft)
    entries = [Entry("list:draft:started", {"list": command.what})]
    return Outcome({"draft": str(draft.id), "new": True}, entries=entries)


@handles(AddRow, verb="manage_pathways")
def add(command: AddRow, session: Session, now: datetime) -> Outcome:
    """A row to go on from."""
    draft = _open(session, command.by, command.draft_id)
    content = draft.content
    name = command.name.strip()
    key, row = typed_rows.added(draft.kind, content["rows"], name, command.of, command.command_id)
    rows = {**content["rows"], key: row}
    put(draft, {**content, "rows": rows}, command.by, now)
    entries = [Entry("list:draft:row_added", {"list": draft.kind, "row": key})]
    return Outcome({"edition": draft.edition, "key": key}, entries=entries)


@handles(KeepRow, verb="manage_pathways")
def keep(command: KeepRow, session: Session, now: datetime) -> Outcome:
    """Nothing is refused for being wrong, only what somebody else has saved meanwhile: wrong is told beside it."""
    draft = _open(session, command.by, command.draft_id)
    content, key = draft.content, command.key
    if key not in content["rows"]:
        raise NotFound
    was, row = content["rows"][key], typed_rows.typed(draft.kind, key, command.row)
    if row != was:
        kept = content["kept"].get(key, {})
        if mark(was) != command.seen and kept.get("sitting") != command.sitting:
            raise _moved(session, draft, kept)
        kept = {**content["kept"], key: kept_by(command.by, command.sitting, now)}
        put(draft, {"rows": {**content["rows"], key: row}, "kept": kept}, command.by, now)
    return Outcome({"edition": draft.edition, "changed": row != was})


def kept_by(by: Actor, sitting: str, now: datetime) -> dict[str, str]:
    """Who kept a row, when, and on which page; that page alone saves over it unseen."""
    return {"sitting": sitting, "by": str(by.id), "at": now.isoformat()}


def _moved(session: Session, draft: ListDraft, kept: Mapping[str, str]) -> RowMoved:
    who = UUID(kept["by"]) if kept else draft.changed_by
    at = (datetime.fromisoformat(kept["at"]) if kept else draft.changed_at).astimezone(clock.LONDON)
    name = staff.names(session, {who}).get(who, "Somebody")
    words = f"{name} saved this row at {at:%H:%M} after you opened it. Yours is not saved; nothing of it is lost."
    return RowMoved(words)


@handles(RemoveRow, verb="manage_pathways")
def remove(command: RemoveRow, session: Session, now: datetime) -> Outcome:
    """Only what no case can know yet."""
    draft = _open(session, command.by, command.draft_id)
    content = draft.content
    if command.key not in content["rows"]:
        raise NotFound
    if command.key in published_keys(session, draft.service_id, draft.kind):
        words = "This was published, and cases may know it. Take it out of use instead."
        raise FileRefused([Finding("row_published", words, element=command.key)])
    left = {part: {key: one for key, one in content[part].items() if key != command.key} for part in ("rows", "kept")}
    put(draft, left, command.by, now)
    entries = [Entry("list:draft:row_removed", {"list": draft.kind, "row": command.key})]
    return Outcome({"edition": draft.edition}, entries=entries)


@handles(SubmitList, verb="manage_pathways")
def submit(command: SubmitList, session: Session, now: datetime) -> Outcome:
    """Close it for changes until somebody has looked at it; something must be changed and nothing wrong left."""
    draft = still(session, command.by, command.draft_id, command.edition)
    found = [one for one in noted(session, draft, now) if one.severity == "error"]
    if not found and draft.content["rows"] == begun_from(session, draft.service_id, draft.kind):
        found = [Finding("nothing_changed", "Nothing is changed against the list that was decided last.")]
    if not found and command.stands_from < now.astimezone(clock.LONDON).date():
        found = [Finding("day_past", "The list cannot be used from a day that is past.", element="stands_from")]
    if found:
        raise FileRefused(found)
    draft.status, draft.submitted_by, draft.stands_from = "submitted", command.by.id, command.stands_from
    _signed(draft, command.by)
    return Outcome({"draft": str(draft.id)}, entries=[Entry("list:draft:submitted", {"list": draft.kind})])


@handles(TakeBackList, verb="manage_pathways")
def take_back(command: TakeBackList, session: Session, now: datetime) -> Outcome:
    """Open it again."""
    del now
    return _turned(find(session, command.by, command.draft_id, hold=True), ("submitted",), "open", "reopened")


@handles(DropList, verb="manage_pathways")
def drop(command: DropList, session: Session, now: datetime) -> Outcome:
    """Nobody can open it any more; another can be begun."""
    del now
    return _turned(find(session, command.by, command.draft_id, hold=True), ALIVE, "dropped", "dropped")


def _turned(draft: ListDraft, may: tuple[str, ...], status: str, happened: str) -> Outcome:
    if draft.status not in may:
        raise DraftClosed
    draft.status = status
    entries = [Entry(f"list:draft:{happened}", {"list": draft.kind})]
    return Outcome({"draft": str(draft.id), "list": draft.kind}, entries=entries)


def _open(session: Session, by: Actor, draft_id: UUID) -> ListDraft:
    draft = find(session, by, draft_id, hold=True)
    if draft.status != "open":
        raise DraftClosed
    return draft


def still(session: Session, by: Actor, draft_id: UUID, edition: int) -> ListDraft:
    """The draft, held, if it is still the one that its page showed."""
    draft = _open(session, by, draft_id)
    if draft.edition != edition:
        who = staff.names(session, {draft.changed_by}).get(draft.changed_by, "Somebody")
        at = draft.changed_at.astimezone(clock.LONDON)
        raise DraftMoved(f"{who} changed this draft at {at:%H:%M} after you opened it. Look at it again first.")
    return draft


def put(draft: ListDraft, content: dict[str, dict[str, Any]], by: Actor, now: datetime) -> None:
    """Let the draft hold this from now on, and note who had a hand in it."""
    draft.content = content
    draft.edition += 1
    draft.changed_at, draft.changed_by = now, by.id  # type: ignore[assignment]  # somebody who signed in
    _signed(draft, by)


def _signed(draft: ListDraft, by: Actor) -> None:
    """Note who had a hand in it: none of them can be its second person."""
    draft.authors = sorted({*draft.authors, str(by.id)})
