"""Words that stand in an address sealed, for the one person who typed them: no log and no history tells a name."""

from __future__ import annotations

import base64
import binascii

from rj_engine import sealing
from rj_engine.cases.case import NotFound
from rj_engine.sealing import SealBroken
from rj_engine.web.page.access import actor

LONGEST = 200


def hidden(typed: str) -> str:
    """What was typed, as an address has it."""
    who = actor().id
    assert who is not None  # noqa: S101 - whoever is signed in is somebody
    sealed = sealing.seal(typed.encode(), "search", "asked", who)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def shown(asked: str) -> str:
    """What the address holds; another person's, and an invented one, lead nowhere."""
    who = actor().id
    try:
        sealed = base64.b64decode(asked + "=" * (-len(asked) % 4), altchars=b"-_", validate=True)
        if who is None:
            raise NotFound
        return sealing.unseal(sealed, "search", "asked", who).decode()
    except (binascii.Error, ValueError, SealBroken) as error:
        raise NotFound from error
