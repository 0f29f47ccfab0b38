"""The demonstration's partners and its one reason of its own: written by one invented person, approved by another."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from rj_engine import clock
from rj_engine.cases import lists as kept
from rj_engine.commands import Actor, dispatch
from rj_engine.database import db
from rj_engine.demonstration import telling
from rj_engine.people.staff import actor_of, by_email
from rj_engine.workflows.studio.list_approving import ApproveList
from rj_engine.workflows.studio.list_drafts import AddRow, KeepRow, StartList, SubmitList, find, mark


def publish() -> None:
    """Publish both lists where they were never published."""
    told = telling.shipped("lists.json")
    writer, reader = _who(told["written_by"]), _who(told["approved_by"])
    if writer is None or reader is None or kept.every(db.session(), writer.service_id, kept.PARTNERS):
        return
    _published(writer, reader, kept.REASONS, [(one["name"], one["of"], {}) for one in told["reasons"]])
    _published(writer, reader, kept.PARTNERS, [(one["name"], one["kind"], _row(one)) for one in told["partners"]])


def _who(email: str) -> Actor | None:
    found = by_email(db.session(), email)
    return actor_of(found) if found else None


def _row(told: Mapping[str, Any]) -> dict[str, Any]:
    """A partner as it is told: its days are so many days from today."""
    today = clock.today()
    days = {"agreed_on": told.get("agreed"), "ends_on": told.get("ends"), "checked_on": -20}
    said = {name: (today + timedelta(days=many)).isoformat() for name, many in days.items() if many is not None}
    return {**told, **said, "active": True}


def _published(writer: Actor, reader: Actor, kind: str, rows: list[tuple[str, str, dict[str, Any]]]) -> None:
    draft = UUID(dispatch(StartList(command_id=uuid.uuid4(), by=writer, what=kind))["draft"])
    for name, of, row in rows:
        key = dispatch(AddRow(command_id=uuid.uuid4(), by=writer, draft_id=draft, name=name, of=of))["key"]
        if row:
            _kept(writer, draft, key, row)
    edition = _edition(writer, draft)
    sending = SubmitList(command_id=uuid.uuid4(), by=writer, draft_id=draft, edition=edition, stands_from=clock.today())
    dispatch(sending)
    dispatch(ApproveList(command_id=uuid.uuid4(), by=reader, draft_id=draft, edition=edition))


def _kept(writer: Actor, draft: UUID, key: str, row: Mapping[str, Any]) -> None:
    was = find(db.session(), writer, draft).content["rows"][key]
    keeping = KeepRow(
        command_id=uuid.uuid4(), by=writer, draft_id=draft, key=key, row=row, seen=mark(was), sitting="demonstration"
    )
    dispatch(keeping)


def _edition(writer: Actor, draft: UUID) -> int:
    db.session.expire_all()
    return find(db.session(), writer, draft).edition
