"""What stands first on a case's page: what each victim wants, what is safe, what was promised, who waits for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from flask_babel import gettext
from sqlalchemy.orm import Session

from rj_engine import bpmn
from rj_engine.cases import contact, safe_contact
from rj_engine.cases.case import Case, Party
from rj_engine.cases.contact import Contact
from rj_engine.cases.queries import CaseFile
from rj_engine.cases.safe_contact import SafeContact
from rj_engine.forms import readable
from rj_engine.people import staff
from rj_engine.risk.assessment import RiskAssessment
from rj_engine.web.page.words import lane
from rj_engine.workflows.beside import referrals
from rj_engine.workflows.rows import Task
from rj_engine.workflows.task import desk
from rj_engine.workflows.task.desk import Said

WISHES: Final = ("way", "victim_decision", "parent_decision", "wants_now", "mode_liked", "consent_given")
"""Questions whose newest answer says what somebody harmed wants now."""
OWN_WORDS: Final = ("victim_words", "reason_not_direct_words", "victim_hopes", "contact_words", "parent_words")
HARMED: Final = ("victim", "parent_carer", "party_1")


@dataclass(frozen=True, slots=True)
class Wish:
    """An answer in words, with its question and when it was given."""

    question: str
    answer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class First:
    """What has to be seen first of one person who was harmed."""

    person: Party
    wish: Wish | None
    words: Wish | None
    safe: SafeContact
    promise: Contact | None
    risk: RiskAssessment | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who is to do what, since when, or what day the case waits for."""

    who: str
    what: str
    since: datetime
    until: datetime | None
    task_id: UUID | None = None
    blocked: Sequence[Any] = ()
    about_id: UUID | None = None
    """The victim it is about."""


def first(session: Session, file: CaseFile, said: Sequence[Said], assessments: Sequence[RiskAssessment]) -> list[First]:
    """Of each person harmed who is in the case, in the order in which they were told of."""
    harmed = [party for party in file.parties if party.role in _roles()]
    promises = contact.open_promises(file.contacts)
    found = []
    for person in harmed:
        own = desk.said_so_far(session, file.case, person.id) if len(file.victims) > 1 else said
        mine = {None, person.id}
        promise = next((one for one in promises if _is_for(one, person, mine)), None)
        risk = next((one for one in assessments if one.about_id in mine and one.superseded_at is None), None)
        wish, words = _newest(own, WISHES), _newest(own, OWN_WORDS)
        found.append(First(person, wish, words, safe_contact.of(person), promise, risk))
    return found


def _roles() -> set[str]:
    return {role for word in HARMED for role in bpmn.parties()[word]["roles"]}


def _is_for(row: Contact, person: Party, mine: set[UUID | None]) -> bool:
    return person.role in bpmn.parties().get(row.party, {"roles": [row.party]})["roles"] and row.about_id in mine


def _newest(said: Sequence[Said], keys: Sequence[str]) -> Wish | None:
    """The newest answer to any of these questions; of two in one form the first named."""
    for one in said:
        for key in keys:
            field = one.form.fields.get(key)
            if field is not None and (answer := readable(field, one.values.get(key))):
                return Wish(field.label, answer, one.at)
    return None


def waits(session: Session, case: Case) -> list[Waiting]:
    """Open tasks by whom they wait for, then days that the case waits for; soonest first."""
    tasks, about = desk.open_tasks(session, case), desk.about_whom(session, case)
    names = staff.names(session, {task.assignee_id for task in tasks if task.assignee_id})
    open_now = [_waits_for(task, names.get(task.assignee_id) if task.assignee_id else None, about) for task in tasks]
    who, day = gettext("The clock"), gettext("A day that is set")
    waited = desk.clocks(session, case)
    return open_now + [Waiting(who, one.name or day, one.since, one.until, about_id=one.about_id) for one in waited]


def _waits_for(task: Task, name: str | None, about: Mapping[UUID, UUID | None]) -> Waiting:
    return Waiting(
        who=name or gettext("%(lane)s, not taken yet", lane=lane(task.lane)),
        what=task.name,
        since=task.opened_at,
        until=task.due_at,
        task_id=task.id,
        blocked=task.blocked,
        about_id=about.get(task.run_id),
    )


def milestone(waiting: Sequence[Waiting], now: datetime) -> Waiting | None:
    """What is due next: the soonest that is not past, else the one that is latest behind."""
    dated = sorted((one for one in waiting if one.until is not None), key=lambda one: one.until or now)
    return next((one for one in dated if one.until is not None and one.until >= now), dated[0] if dated else None)


def flags(file: CaseFile, said: Sequence[Said]) -> list[str]:
    """What sort of harm was told of, as the newest answer has it."""
    asked = referrals.form().fields["harm_flags"]
    told = next((one.values["harm_flags"] for one in said if one.values.get("harm_flags")), None)
    if told is None and file.referral is not None:
        told = file.referral.answers.get("harm_flags")
    return [part.strip() for part in readable(asked, told).split(",") if part.strip()] if told else []


def relation(file: CaseFile) -> str:
    """How the people of the case know each other, as it was told when the case came in."""
    if file.referral is None:
        return ""
    return readable(referrals.form().fields["relation"], file.referral.answers.get("relation"))
