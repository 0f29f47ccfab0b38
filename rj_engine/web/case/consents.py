"""The consents of a case as a person takes them in: who, what for, and whether it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from flask_babel import gettext

from rj_engine.cases.consent import Consent
from rj_engine.cases.queries import CaseFile
from rj_engine.web.page.languages import marked
from rj_engine.web.page.words import phrase

COLOURS: Final = {marked("Stands until"): "green", marked("Withdrawn"): "red", marked("Lapsed"): "grey"}


@dataclass(frozen=True, slots=True)
class Given:
    """Scopes of one party that stand, lapsed or ended together."""

    party: str
    scopes: tuple[str, ...]
    state: str
    on: date
    """Until when it stands, or since when it does not."""

    @property
    def colour(self) -> str:
        """Of its tag."""
        return COLOURS[self.state]


def told(file: CaseFile) -> tuple[list[Given], list[Given]]:
    """What stands, and what has ended, newest first."""
    found = _together([_given(file, consent) for consent in file.consents])
    standing = [given for given in found if given.state == "Stands until"]
    return standing, [given for given in found if given.state != "Stands until"]


def _given(file: CaseFile, consent: Consent) -> Given:
    if consent.withdrawn_at is not None:
        state, on = "Withdrawn", consent.withdrawn_at.date()
    else:
        state, on = ("Stands until" if file.standing(consent) else "Lapsed"), consent.expires_on
    who, about = phrase(consent.party), file.victims.get(consent.about_id) if consent.about_id else None
    if about:
        who = about if consent.party == "victim" else gettext("%(who)s, about %(name)s", who=who, name=about)
    return Given(who, (phrase(consent.scope).lower(),), state, on)


def _together(given: Sequence[Given]) -> list[Given]:
    def alike(one: Given) -> tuple[str, str, date]:
        return one.party, one.state, one.on

    groups = ((key, list(members)) for key, members in groupby(sorted(given, key=alike), alike))
    found = [Given(party, _scopes(members), state, on) for (party, state, on), members in groups]
    return sorted(found, key=lambda one: one.on, reverse=True)


def _scopes(members: Sequence[Given]) -> tuple[str, ...]:
    return tuple(sorted({scope for member in members for scope in member.scopes}))
