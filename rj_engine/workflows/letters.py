"""Letters that the system sends by itself: to the referrer alone, written from what the referrer may know."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases.case import Case, Referral
from rj_engine.errors import Broken
from rj_engine.people.staff import Service

TO_REFERRER: Final = "referrer_"
"""Only letters so named are written without a person: nobody else is reached by the system alone."""
_room = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


class LetterBroken(Broken):
    """A letter of this pathway cannot be written."""

    code = "letter_broken"


def written(session: Session, case: Case, name: str, templates: Mapping[str, str]) -> str:
    """The letter as Markdown; breaks on a fact it may not know and on any letter that is not the referrer's."""
    if not name.startswith(TO_REFERRER) or name not in templates:
        raise LetterBroken(letter=name)
    try:
        return _room.from_string(templates[name]).render(_known_to_the_referrer(session, case))
    except TemplateError as error:
        raise LetterBroken(letter=name) from error


def _known_to_the_referrer(session: Session, case: Case) -> dict[str, str]:
    referral = session.scalars(select(Referral).where(Referral.case_id == case.id)).one()
    service = session.get_one(Service, case.service_id)
    return {
        "reference": case.reference,
        "referrer_name": str(referral.answers.get("referrer_name") or "colleague"),
        "received_on": _day(referral.received_at),
        "service_name": service.name,
        "service_contact": service.contact,
    }


def _day(instant: datetime) -> str:
    local = instant.astimezone(clock.LONDON)
    return f"{local.day} {local:%B %Y}"
