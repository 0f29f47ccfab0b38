"""Passwords: argon2id, and the same work for an account that does not exist."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from rj_engine.errors import Refused

SHORTEST = 12
SHORTEST_FOR_MANAGERS = 15
MANAGING_ROLES = frozenset({"service_manager", "administrator", "safeguarding_lead", "lead"})
_hasher = PasswordHasher()


class PasswordTooShort(Refused):
    """The password is too short."""

    code = "password_too_short"


def hashed(password: str, roles: frozenset[str] = frozenset()) -> str:
    """The argon2id hash to store; refuses a password too short for the roles."""
    shortest = SHORTEST_FOR_MANAGERS if roles & MANAGING_ROLES else SHORTEST
    if len(password) < shortest:
        raise PasswordTooShort(f"Use at least {shortest} characters.")
    return _hasher.hash(password)


@cache
def _nobody() -> str:
    """A hash nobody's password matches, so that an unknown address takes as long as a known one."""
    return _hasher.hash("the password of nobody at all")


def matches(password: str, stored: str | None) -> bool:
    """Whether `password` is the one behind `stored`; with no account (None) always False, in the same time."""
    try:
        return _hasher.verify(stored or _nobody(), password) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False
