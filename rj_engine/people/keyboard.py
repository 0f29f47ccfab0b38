"""Each person's keyboard shortcuts: which single letter does what, or none at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine.commands import Command, Outcome, handles
from rj_engine.database import Base
from rj_engine.errors import Refused
from rj_engine.ledger import Entry

ACTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "home": ("h", "Go to Home"),
    "tasks": ("t", "Go to tasks"),
    "cases": ("c", "Go to cases"),
    "refer": ("n", "Go to a new referral"),
    "next": ("j", "Next row of a list"),
    "previous": ("k", "Row before"),
    "tick": ("x", "Tick the row, or take the tick off"),
    "open": ("o", "Open what the row is about"),
    "keys": ("s", "Show the shortcuts"),
}
"""What a letter can do, to the letter it is unless somebody chooses another, and its words."""


class KeysDoNotFit(Refused):
    """Use one letter from a to z for each shortcut, no letter twice; leave one empty to have none."""

    code = "keys_do_not_fit"


class Keyboard(Base):
    """What one person has chosen; no row, the letters that everybody begins with."""

    __tablename__ = "keyboard"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    is_on: Mapped[bool]
    letters: Mapped[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class SetKeyboard(Command):
    """Choose one's letters, or switch all of them off."""

    on: bool
    letters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Keys:
    """The shortcuts that somebody has."""

    on: bool
    letters: Mapping[str, str]


@handles(SetKeyboard, verb="sign_in")
def set_keyboard(command: SetKeyboard, session: Session, now: datetime) -> Outcome:
    """Keep them for this person alone."""
    del now
    letters = {action: str(command.letters.get(action, "")).strip().lower() for action in ACTIONS}
    used = [letter for letter in letters.values() if letter]
    if len(set(used)) != len(used) or not all(len(each) == 1 and "a" <= each <= "z" for each in used):
        raise KeysDoNotFit
    row = session.get(Keyboard, command.by.id)
    if row is None:
        session.add(Keyboard(staff_id=command.by.id, is_on=command.on, letters=letters))
    else:
        row.is_on, row.letters = command.on, letters
    return Outcome({"on": command.on}, entries=[Entry("staff:keyboard:set", {"on": command.on})])


def of(session: Session, who: UUID | None) -> Keys:
    """The shortcuts of one person."""
    row = session.execute(select(Keyboard.is_on, Keyboard.letters).where(Keyboard.staff_id == who)).one_or_none()
    if row is None:
        return Keys(on=True, letters={action: letter for action, (letter, _) in ACTIONS.items()})
    return Keys(on=row.is_on, letters={action: str(row.letters.get(action, "")) for action in ACTIONS})
