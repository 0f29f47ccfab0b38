"""A lead's own ways to look at the board, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine.commands import Actor, Command, Outcome, handles
from rj_engine.database import Row
from rj_engine.errors import Refused

LONGEST_NAME: Final = 60


class ViewNeedsName(Refused):
    """Give the view a name of at most 60 characters."""

    code = "view_needs_name"


class BoardView(Row):
    """One way of sorting and filtering; no person's data."""

    __tablename__ = "board_view"
    __table_args__ = (UniqueConstraint("staff_id", "name"),)

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    wanted: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]


@dataclass(frozen=True, kw_only=True)
class SaveView(Command):
    """Keep a view under a name; one of the same name gives way. Without `wanted` it is removed."""

    name: str
    wanted: Mapping[str, str] = field(default_factory=dict)
    remove: bool = False


@handles(SaveView, verb="see_prison_board")
def save(command: SaveView, session: Session, now: datetime) -> Outcome:
    """One's own views alone."""
    name = command.name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise ViewNeedsName
    known = session.scalars(
        select(BoardView).where(BoardView.staff_id == command.by.id, BoardView.name == name)
    ).one_or_none()
    if command.remove:
        if known is not None:
            session.delete(known)
    elif known is not None:
        known.wanted, known.saved_at = dict(command.wanted), now
    else:
        session.add(BoardView(staff_id=command.by.id, name=name, wanted=dict(command.wanted), saved_at=now))
    return Outcome({"view": name})


def views(session: Session, by: Actor) -> list[BoardView]:
    """One's own views by name."""
    return list(session.scalars(select(BoardView).where(BoardView.staff_id == by.id).order_by(BoardView.name)))
