"""Signing in and out, and API tokens: both are rows that can be ended at once, kept only as hashes."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Select, String, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine.commands import Actor, Command, Outcome, handles
from rj_engine.database import Row, table
from rj_engine.errors import Refused
from rj_engine.ledger import Entry
from rj_engine.people import passwords
from rj_engine.people.staff import Staff, actor, actor_of, by_email

SEEN_EVERY = timedelta(minutes=1)


class SignInRefused(Refused):
    """Check your email address and password. They do not match an account that can sign in."""

    code = "sign_in_refused"


class SignedIn(Row):
    """One open sign-in; the cookie holds the secret, we hold its hash."""

    __tablename__ = "sign_in"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ApiToken(Row):
    """One bearer token, kept as a hash."""

    __tablename__ = "api_token"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


@dataclass(frozen=True, kw_only=True)
class SignIn(Command):
    """Open a sign-in for `by`, whose password was checked; `secret_hash` is the hash of the cookie's secret."""

    secret_hash: str


@dataclass(frozen=True, kw_only=True)
class SignOut(Command):
    """End every open sign-in of `by`."""


@dataclass(frozen=True, kw_only=True)
class CreateToken(Command):
    """Give `by` an API token whose secret hashes to `secret_hash`."""

    secret_hash: str


def new_secret() -> tuple[str, str]:
    """A fresh secret of 256 bits, and the hash by which we know it again."""
    secret = secrets.token_urlsafe(32)
    return secret, hash_of(secret)


def hash_of(secret: str) -> str:
    """SHA-256, hex: the secret has 256 random bits, so a slow hash would add nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def check_password(session: Session, email: str, password: str) -> Actor:
    """Who signs in, or `SignInRefused` in the same words and time whatever was wrong."""
    staff = by_email(session, email)
    stored = staff.password_hash if staff is not None and staff.active else None
    if not passwords.matches(password, stored) or staff is None:
        raise SignInRefused
    return actor_of(staff)


@handles(SignIn, verb="sign_in")
def sign_in(command: SignIn, session: Session, now: datetime) -> Outcome:
    """Open the sign-in and say so in the ledger."""
    row = SignedIn(staff_id=command.by.id, secret_hash=command.secret_hash, started_at=now, seen_at=now)
    session.add(row)
    return Outcome({"sign_in": str(row.id)}, entries=[Entry("staff:signed_in")])


@handles(SignOut, verb="sign_in")
def sign_out(command: SignOut, session: Session, now: datetime) -> Outcome:
    """End all of them: a copied cookie is worth nothing afterwards."""
    mine = SignedIn.staff_id == command.by.id
    session.execute(update(SignedIn).where(mine, SignedIn.ended_at.is_(None)).values(ended_at=now))
    return Outcome({}, entries=[Entry("staff:signed_out")])


@handles(CreateToken, verb="create_token")
def create_token(command: CreateToken, session: Session, now: datetime) -> Outcome:
    """Keep the token's hash."""
    row = ApiToken(staff_id=command.by.id, secret_hash=command.secret_hash, created_at=now)
    session.add(row)
    return Outcome({"token": str(row.id)}, entries=[Entry("staff:token:created")])


def _whose(kind: type[SignedIn | ApiToken]) -> Select[Any]:
    people, secrets_ = table(Staff).c, table(kind).c
    columns = select(people.id, people.name, people.service_id, people.team_id, people.roles)
    joined = columns.join(table(kind), secrets_.staff_id == people.id)
    return joined.where(secrets_.secret_hash == bindparam("hashed"), secrets_.ended_at.is_(None), people.active)


_BY_TOKEN = _whose(ApiToken)
_BY_COOKIE = (
    _whose(SignedIn)
    .where(SignedIn.seen_at >= bindparam("seen_since"), SignedIn.started_at >= bindparam("started_since"))
    .add_columns(SignedIn.seen_at)
)


def by_token(session: Session, secret: str) -> Actor | None:
    """The actor behind a bearer token, in one statement."""
    row = session.connection().execute(_BY_TOKEN, {"hashed": hash_of(secret)}).one_or_none()
    if row is None:
        return None
    return actor(row.id, row.name, row.service_id, row.team_id, frozenset(map(str, row.roles)))


def by_cookie(
    session: Session, secret: str, now: datetime, idle: timedelta, longest: timedelta
) -> tuple[Actor, bool] | None:
    """Who is behind a sign-in that is neither idle nor too old, and whether it wants a `StaySignedIn` stamp."""
    known = {"hashed": hash_of(secret), "seen_since": now - idle, "started_since": now - longest}
    row = session.connection().execute(_BY_COOKIE, known).one_or_none()
    if row is None:
        return None
    who = actor(row.id, row.name, row.service_id, row.team_id, frozenset(map(str, row.roles)))
    return who, now - row.seen_at > SEEN_EVERY


@dataclass(frozen=True, kw_only=True)
class StaySignedIn(Command):
    """Note that the sign-in behind `secret_hash` is in use."""

    secret_hash: str


@handles(StaySignedIn, verb="sign_in")
def stay_signed_in(command: StaySignedIn, session: Session, now: datetime) -> Outcome:
    """Stamp the sign-in."""
    which = SignedIn.secret_hash == command.secret_hash
    session.execute(update(SignedIn).where(which, SignedIn.ended_at.is_(None)).values(seen_at=now))
    return Outcome({})
