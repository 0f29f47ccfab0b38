"""Answers of finished tasks in words: question, answer, colleagues by name."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine.cases.case import Case, Referral
from rj_engine.database import db
from rj_engine.forms import Field, readable
from rj_engine.people import staff
from rj_engine.workflows import desk, referrals
from rj_engine.workflows.desk import Said

REACHED_BY: Final = ("victim_phone", "victim_email", "victim_address")


def so_far(session: Session, case: Case) -> list[Said]:
    """Everything said in the case, the newest first; last what was told, and what is safe, when it came in."""
    told = desk.said_so_far(session, case)
    referral = session.scalars(select(Referral).where(Referral.case_id == case.id)).first()
    if referral is None:
        return told
    names = staff.names(session, {referral.made_by}) if referral.made_by else {}
    who = names.get(referral.made_by) if referral.made_by else None
    return [*told, Said("Referral", who, referral.received_at, referrals.form(), referral.answers)]


def safe_contact(said: list[Said]) -> list[tuple[str, str]]:
    """How the victim may be reached, from the referral (the last thing in `so_far`)."""
    told = [one for one in said if one.form.id == referrals.FORM]
    return [
        (field.label, answer)
        for one in told
        for key, field in one.form.fields.items()
        if key.startswith((referrals.SAFE_CONTACT, *REACHED_BY)) and (answer := readable(field, one.values.get(key)))
    ]


def answered(said: Said) -> list[tuple[str, str]]:
    """The questions that were answered, in the order they were asked."""
    found = [(field.label, _words(field, said.values.get(key))) for key, field in said.form.fields.items()]
    return [(question, answer) for question, answer in found if answer]


def _words(field: Field, value: object) -> str:
    if field.kind not in {"staff", "facilitator"} or not isinstance(value, str):
        return readable(field, value)
    try:
        identity = UUID(value)
    except ValueError:
        return value
    return staff.names(db.session(), {identity}).get(identity, value)


def register(app: Flask) -> None:
    """Give it to the templates."""
    app.add_template_filter(answered)
