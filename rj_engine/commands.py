"""One command, one transaction: the only way anything is written.

BEGIN, seen this command before?, permission, the handler (gate, claim, load, step, store, projections), ledger,
outbox, result, COMMIT. A command repeated with the same id gets the first answer again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import String, bindparam, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine import clock, failpoints, ledger
from rj_engine.database import Base, Clash, DatabaseAway, table, unit_of_work
from rj_engine.errors import Broken, Refused, RjError

ABOUT: Final = ("task_id", "incident_id", "reference")
"""What a command may be about."""
LONGEST_NAME: Final = 60


class NotAllowed(Refused):
    """Your role does not allow this."""

    code = "not_allowed"


class CommandReused(Refused):
    """This form was already used for something else. Open the page again."""

    code = "command_reused"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a member of staff, or the clock (`id` None); `verbs` are what their roles allow."""

    id: UUID | None
    name: str
    service_id: UUID
    team_id: UUID | None
    roles: frozenset[str] = frozenset()
    verbs: frozenset[str] = frozenset()
    lanes: frozenset[str] = frozenset()
    """Lanes whose tasks these roles may work."""

    def require(self, verb: str) -> None:
        """Refuse with `NotAllowed` unless the roles allow `verb`."""
        if verb not in self.verbs:
            raise NotAllowed(verb=verb)


@dataclass(frozen=True, kw_only=True)
class Command:
    """What somebody asks to be done; `command_id` was minted when the form was rendered."""

    command_id: UUID
    by: Actor


@dataclass(slots=True)
class Outcome:
    """What a handler did: the answer (JSON), and what the ledger shall say of which chain."""

    answer: dict[str, Any]
    chain: UUID | None = None
    entries: list[ledger.Entry] = field(default_factory=list)


class CommandResult(Base):
    """The first answer to a command."""

    __tablename__ = "command_result"

    command_id: Mapped[UUID] = mapped_column(primary_key=True)
    actor_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    answer: Mapped[dict[str, Any]]
    at: Mapped[datetime]


_RESULTS = table(CommandResult)
_KNOWN = select(_RESULTS.c.answer, _RESULTS.c.actor_id, _RESULTS.c.name).where(
    _RESULTS.c.command_id == bindparam("known")
)
_KEEP = insert(_RESULTS)

C = TypeVar("C", bound=Command)
Handle = Callable[[Any, Session, datetime], Outcome]
Mend = Callable[[Any, Broken, Session, datetime], Outcome]
_handlers: dict[type[Command], tuple[str, Handle]] = {}
_menders: dict[type[Command], Mend] = {}


def handles(kind: type[C], verb: str) -> Callable[[Callable[[C, Session, datetime], Outcome]], Handle]:
    """Register the one handler of a command, and the verb a role must have for it."""

    def register(handle: Callable[[C, Session, datetime], Outcome]) -> Handle:
        _handlers[kind] = (verb, handle)
        return handle

    return register


def mends(*kinds: type[Command]) -> Callable[[Mend], Mend]:
    """Register what is recorded, in a transaction of its own, when such a command breaks."""

    def register(mend: Mend) -> Mend:
        _menders.update(dict.fromkeys(kinds, mend))
        return mend

    return register


def registered() -> dict[str, str]:
    """Command name to verb, for documentation and house tests."""
    return {kind.__name__: verb for kind, (verb, _) in _handlers.items()}


def dispatch(command: Command) -> dict[str, Any]:
    """Do `command` once and give its answer; refusals and breakages leave nothing half done."""
    try:
        return _once(command)
    except (Clash, DatabaseAway):
        # Somebody was in the way, or a connection had died: a second try usually finds neither.
        return _once(command)


def _once(command: Command) -> dict[str, Any]:
    try:
        with _told_as_ours():
            return _attempt(command)
    except Refused:
        if (first := _first_answer(command)) is not None:
            return first
        raise
    except Broken as broken:
        _record_breakage(command, broken)
        raise


@contextmanager
def _told_as_ours() -> Iterator[None]:
    """What nobody foresaw is `Broken`: it rolls back, stops its case and tells a lead like any other breakage."""
    try:
        yield
    except RjError:
        raise
    except Exception as error:
        raise Broken(error=type(error).__name__) from error


def _attempt(command: Command) -> dict[str, Any]:
    verb, handle = _handlers[type(command)]
    now = clock.now()
    with unit_of_work(lambda: failpoints.reach("before_commit")) as session:
        failpoints.reach("begun")
        if (first := _stored(session, command)) is not None:
            return first
        command.by.require(verb)
        failpoints.reach("permitted")
        outcome = handle(command, session, now)
        _record(session, command, outcome, now)
    failpoints.reach("committed")
    return outcome.answer


def _record(session: Session, command: Command, outcome: Outcome, now: datetime) -> None:
    session.flush()
    write(session, command, outcome.chain or command.by.service_id, outcome.entries, now)
    failpoints.reach("ledgered")
    values = {
        "command_id": command.command_id,
        "actor_id": command.by.id,
        "name": _named(command),
        "answer": outcome.answer,
        "at": now,
    }
    session.connection().execute(_KEEP, values)


def write(session: Session, command: Command, chain: UUID, entries: Iterable[ledger.Entry], now: datetime) -> None:
    """Write ledger entries in the command's name."""
    by = command.by
    author = ledger.Author(by.service_id, by.id, by.name, command.command_id)
    ledger.append(session, chain, author, entries, now)


def _named(command: Command) -> str:
    """The command and what it is about, so that an id used again for another task is no repeat."""
    about = next((str(getattr(command, name)) for name in ABOUT if hasattr(command, name)), "")
    return f"{type(command).__name__} {about}"[:LONGEST_NAME]


def _stored(session: Session, command: Command) -> dict[str, Any] | None:
    row = session.connection().execute(_KNOWN, {"known": command.command_id}).one_or_none()
    if row is None:
        return None
    if (row.actor_id, row.name) != (command.by.id, _named(command)):
        raise CommandReused
    answer: dict[str, Any] = row.answer
    return answer


def _first_answer(command: Command) -> dict[str, Any] | None:
    """The stored answer, for a twin of this command that won while this one waited."""
    with unit_of_work() as session:
        return _stored(session, command)


def _record_breakage(command: Command, broken: Broken) -> None:
    mend = _menders.get(type(command))
    if mend is None:
        return
    now = clock.now()
    with unit_of_work() as session:
        outcome = mend(command, broken, session, now)
        session.flush()
        write(session, command, outcome.chain or command.by.service_id, outcome.entries, now)
