"""Answers of finished tasks in words: question, answer, colleagues by name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from flask import Flask
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine.cases.case import Case, Party, Referral
from rj_engine.database import db
from rj_engine.forms import Field, Form, readable
from rj_engine.people import staff
from rj_engine.web.page.listed import REASON, reason_words
from rj_engine.workflows.beside import referrals, victims
from rj_engine.workflows.task import desk
from rj_engine.workflows.task.desk import Said

REACHED_BY: Final = ("_phone", "_email", "_address")


def so_far(session: Session, case: Case, about: Party | None = None) -> list[Said]:
    """Everything said in the case, the newest first; last what was told, and what is safe, when it came in.

    About one victim: nothing of what another said, nor of what was told about another.
    """
    whom = about.id if about else None
    told = [*desk.said_so_far(session, case, whom), *desk.told_beside(session, case, whom)]
    told.sort(key=lambda one: one.at, reverse=True)
    referral = session.scalars(select(Referral).where(Referral.case_id == case.id)).first()
    if referral is None:
        return told
    names = staff.names(session, {referral.made_by}) if referral.made_by else {}
    who = names.get(referral.made_by) if referral.made_by else None
    answers = referrals.without_others(referral.answers, about) if about else referral.answers
    return [*told, Said(gettext("Referral"), who, referral.received_at, referrals.form(), answers)]


def safe_contact(person: Party) -> list[tuple[str, str]]:
    """How somebody may be reached, in the order in which it was asked."""
    asked = {**victims.form().fields, **referrals.form().fields}
    return [
        (field.label, answer)
        for key, field in asked.items()
        if (referrals.SAFE_CONTACT in key or key.endswith(REACHED_BY))
        and (answer := readable(field, person.contact.get(key)))
    ]


def reached(person: Party) -> list[tuple[str, str]]:
    """The numbers and addresses at which somebody may be reached."""
    asked = {**victims.form().fields, **referrals.form().fields}
    found = [
        (field, readable(field, person.contact.get(key))) for key, field in asked.items() if key.endswith(REACHED_BY)
    ]
    return [(field.label, answer) for field, answer in found if answer]


def answered(said: Said) -> list[tuple[str, str]]:
    """The questions that were answered, in the order they were asked."""
    return [(question, answer) for _, question, answer in lines(said.form, said.values, said.at)]


def lines(form: Form, values: Mapping[str, object], at: datetime) -> list[tuple[str, str, str]]:
    """Key, question and answer of every question that was answered, in the order they were asked and words of then."""
    found = [(key, field.label, _words(field, values.get(key), at)) for key, field in form.fields.items()]
    return [one for one in found if one[2]]


def changed(said: Said, key: str, value: object) -> tuple[str, str]:
    """A question of what was said, and one answer to it in words."""
    field = said.form.fields[key]
    return field.label, _words(field, value, said.at)


def _words(field: Field, value: object, at: datetime) -> str:
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values() if part)
    if field.key == REASON and isinstance(value, str):
        return reason_words(value, at) or readable(field, value)
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
    app.add_template_filter(changed, "changed_in")
