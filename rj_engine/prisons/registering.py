"""Keeping the register: what a place is from a day on, whom to reach there, and a whole file of rows at once."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import bpmn, clock
from rj_engine.cases.case import NotFound
from rj_engine.commands import Command, Outcome, handles
from rj_engine.errors import Finding, Refused
from rj_engine.ledger import Entry
from rj_engine.people.staff import Service
from rj_engine.prisons import places, reference
from rj_engine.prisons.places import PlaceRecord, PrisonContact

STATUSES: Final = ("open", "open, changing", "closed", "not yet open")
FIELDS: Final = ("name", "kind", "category", "region", "town", "operator", "status", "notes")
LONGEST: Final = 400
EMAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


class PlaceRefused(Refused):
    """Give the place a name and a status."""

    code = "place_refused"


class ContactRefused(Refused):
    """Choose which office it is, and give an email address or a telephone number."""

    code = "contact_refused"


class FileRefused(Refused):
    """Nothing of the file was taken. Mend the rows that are named and import it again."""

    code = "file_refused"

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Each finding names its line."""
        super().__init__()
        self.findings = findings


@dataclass(frozen=True, kw_only=True)
class RecordPlace(Command):
    """Say what a place is from a day on."""

    code: str
    told: Mapping[str, str]
    confirmed: bool
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class RecordContact(Command):
    """Say how an office of a place is reached; `contact_id` names the one that is changed."""

    code: str
    office: str
    """A key of `places.KINDS`."""
    reached: Mapping[str, str] = field(default_factory=dict)
    checked_on: date | None = None
    bounced_on: date | None = None
    contact_id: UUID | None = None
    ended: bool = False


@dataclass(frozen=True, kw_only=True)
class ImportPlaces(Command):
    """Take a whole file of rows for one service, or nothing of it."""

    rows: Sequence[Mapping[str, Any]]
    service_code: str


@handles(RecordPlace, verb="manage_establishments")
def record_place(command: RecordPlace, session: Session, now: datetime) -> Outcome:
    """Add a dated row; what was known before stays known for its time. Only a place of the register can be changed."""
    known = places.register(session, command.by.service_id, command.valid_from)
    if command.code not in known:
        raise NotFound
    told: dict[str, Any] = {name: str(command.told.get(name, "")).strip()[:LONGEST] for name in FIELDS}
    if not told["name"] or not told["status"]:
        raise PlaceRefused
    place = replace(known[command.code], **told, confirmed=command.confirmed)
    session.add(_row(command.by.service_id, place, command.valid_from, now, command.by.id))
    entry = Entry("place:recorded", {"code": command.code, "confirmed": command.confirmed})
    return Outcome({"code": command.code}, None, [entry])


@handles(RecordContact, verb="manage_establishments")
def record_contact(command: RecordContact, session: Session, now: datetime) -> Outcome:
    """Keep it sealed; an old address is ended, never overwritten."""
    if command.code not in places.register(session, command.by.service_id, clock.today()):
        raise NotFound
    if command.contact_id is not None:
        _end(session, command)
    if not command.ended:
        session.add(_contact(command, now))
    detail = {"code": command.code, "office": command.office, "bounced": command.bounced_on is not None}
    tag = "place:contact:ended" if command.ended else "place:contact:recorded"
    return Outcome({"code": command.code}, None, [Entry(tag, detail)])


def _end(session: Session, command: RecordContact) -> None:
    where = PrisonContact.id == command.contact_id, PrisonContact.service_id == command.by.service_id
    former = session.scalars(select(PrisonContact).where(*where, PrisonContact.code == command.code)).one_or_none()
    if former is None:
        raise NotFound
    former.ended_on = clock.today()


def _contact(command: RecordContact, now: datetime) -> PrisonContact:
    reached = {name: str(command.reached.get(name, "")).strip()[:200] for name in ("name", "email", "phone")}
    if command.office not in places.KINDS or not (reached["email"] or reached["phone"]):
        raise ContactRefused
    if reached["email"] and not EMAIL.fullmatch(reached["email"]):
        raise ContactRefused("That is no email address. Write it like name@example.gov.uk.")
    today = clock.today()
    if any(day is not None and day > today for day in (command.checked_on, command.bounced_on)):
        raise ContactRefused("A check or a bounce cannot lie in the future.")
    return PrisonContact(
        service_id=command.by.service_id,
        code=command.code,
        kind=command.office,
        checked_on=command.checked_on,
        bounced_on=command.bounced_on,
        recorded_at=now,
        recorded_by=command.by.id,
        reached=reached,
    )


@handles(ImportPlaces, verb="manage_establishments")
def import_places(command: ImportPlaces, session: Session, now: datetime) -> Outcome:
    """Add a row for each place that differs from what the service knows today."""
    service = session.scalars(select(Service).where(Service.code == command.service_code)).one_or_none()
    if service is None:
        raise NotFound
    today = clock.today()
    known, new = places.register(session, service.id, today), 0
    for row in command.rows:
        place = reference.establishment_of(row)
        if known.get(place.code) != place:
            session.add(_row(service.id, place, today, now, command.by.id))
            new += 1
    told = {"rows": len(command.rows), "changed": new}
    return Outcome({"service": service.name, **told}, service.id, [Entry("place:imported", told)])


def _row(service_id: UUID, place: reference.Establishment, on: date, now: datetime, by: UUID | None) -> PlaceRecord:
    told = places.told_of(place)
    return PlaceRecord(
        service_id=service_id, code=place.code, told=told, valid_from=on, recorded_at=now, recorded_by=by
    )


def read_file(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file; `FileRefused` names every row that cannot be taken by its line, and why."""
    try:
        text = content.decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        rows = [(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileRefused([Finding("no_csv", "This is no CSV file in UTF-8.")]) from error
    missing = sorted(set(COLUMNS) - set(reader.fieldnames or ()))
    if missing or not rows:
        words = f"The first line lacks: {', '.join(missing)}." if missing else "There is no row."
        raise FileRefused([Finding("columns", words, line=1)])
    findings = list(_wrong(rows))
    if findings:
        raise FileRefused(findings)
    return [{name: (row[name] or "").strip() for name in COLUMNS} for _, row in rows]


COLUMNS: Final = (
    "nomis_code", "name", "type", "category", "category_source", "region", "town", "operator", "status",
    "in_kent_and_medway", "source", "notes", "confirmed",
)  # fmt: skip


def _wrong(rows: Sequence[tuple[int, Mapping[str, Any]]]) -> list[Finding]:
    found, seen = [], dict[str, int]()
    for line, row in rows:
        if None in row or None in row.values():
            found.append(Finding("columns", "It has more or fewer cells than the first line.", line=line))
            continue
        misfits = bpmn.misfits("establishments", [dict(row)])
        found += [Finding("row", each.message, element=each.element, line=line) for each in misfits]
        code = reference.establishment_of(row).code
        if code in seen and row["status"] != reference.FREE_TEXT:
            found.append(Finding("twice", f"{code} stands on line {seen[code]} already.", line=line))
        seen[code] = line
    return found
