"""What somebody wants to see of the tasks, and in which order: read from a page's address, told to the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, String, case, cast, exists, select
from sqlalchemy.orm import Session

from rj_engine import bpmn, clock
from rj_engine.cases.case import Case, visible
from rj_engine.cases.found_by import in_district
from rj_engine.cases.holds import Hold
from rj_engine.commands import Actor
from rj_engine.errors import Refused
from rj_engine.people.staff import Staff
from rj_engine.prisons import reference
from rj_engine.prisons.custody import Custody
from rj_engine.risk.assessment import RiskAssessment
from rj_engine.workflows.rows import PathwayVersion, Task
from rj_engine.workflows.workload.own_desk import FollowUp, skipped

DUES: Final[Mapping[str, str]] = {
    "overdue": "Overdue",
    "today": "Today",
    "week": "This week",
    "none": "Without a date",
}
FLAGS: Final[Mapping[str, str]] = {
    "worry": "A worry about safety is open",
    "waiting": "Waiting: something is missing",
    "sensitive": "Sensitive case",
    "stopped": "Case stopped",
    "follow_up": "I want to look again",
    "skipped": "I skip it for now",
}
SORTS: Final[Mapping[str, str]] = {"due": "Due first", "opened": "Longest open", "case": "By case", "stage": "By stage"}
NOBODY: Final = "nobody"
SEES_PLACES: Final = "see_custody"
"""The verb of those who may know where somebody is held."""


class NoSuchFilter(Refused):
    """There is nothing of that name to filter or sort by. Go back and choose from the lists."""

    code = "no_such_filter"


@dataclass(frozen=True, slots=True)
class Sieve:
    """Filters and order; an empty one lets everything through."""

    pathway: str = ""
    stage: str = ""
    due: str = ""
    flag: str = ""
    person: str = ""
    """Who has the task: an id, or `nobody`."""
    establishment: str = ""
    district: str = ""
    """Where those live whom the case is about."""
    sort: str = "due"

    @property
    def given(self) -> dict[str, str]:
        """What differs from an empty one, as a page's address has it."""
        told = {name: value for name, value in asdict(self).items() if value}
        return {name: value for name, value in told.items() if (name, value) != ("sort", "due")}

    @property
    def filters(self) -> bool:
        """Whether it holds anything back."""
        return bool(self.given.keys() - {"sort"})


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from, value to words; `establishment` is empty for who may not know such places."""

    pathway: Mapping[str, str]
    stage: Mapping[str, str]
    due: Mapping[str, str]
    flag: Mapping[str, str]
    person: Mapping[str, str]
    establishment: Mapping[str, str]
    district: Mapping[str, str]
    sort: Mapping[str, str]

    def of(self, name: str) -> Mapping[str, str]:
        """The choices of one filter, value to words."""
        known: Mapping[str, str] = getattr(self, name)
        return known


def choices(session: Session, by: Actor) -> Choices:
    """Everything `by` may filter by."""
    return Choices(
        pathway=_pathways(session),
        stage=_stages(),
        due=DUES,
        flag=FLAGS,
        person={NOBODY: "Nobody yet", **_people(session, by)},
        establishment=_places(session, by) if SEES_PLACES in by.verbs else {},
        district=bpmn.districts(),
        sort=SORTS,
    )


def read(asked: Mapping[str, str], known: Choices) -> Sieve:
    """The filters that an address names; refuses what nobody could have chosen."""
    told = {name: asked[name].strip() for name in Sieve.__dataclass_fields__ if asked.get(name, "").strip()}
    if any(value not in known.of(name) for name, value in told.items()):
        raise NoSuchFilter
    return Sieve(**told)


def conditions(sieve: Sieve, by: Actor, now: datetime) -> list[ColumnElement[bool]]:
    """What a task has to be for the sieve to let it through."""
    found: list[ColumnElement[bool]] = []
    if sieve.pathway:
        found.append(Task.pathway == sieve.pathway)
    if sieve.stage:
        words = bpmn.stages()[sieve.stage]
        found.append(Task.stage.in_(sorted(key for key, told in bpmn.stages().items() if told == words)))
    if sieve.due:
        found.append(_due(sieve.due, now))
    if sieve.flag:
        found.append(_flag(sieve.flag, by))
    if sieve.person:
        found.append(Task.assignee_id.is_(None) if sieve.person == NOBODY else Task.assignee_id == UUID(sieve.person))
    if sieve.establishment:
        by.require(SEES_PLACES)
        there = Custody.establishment == sieve.establishment, Custody.ended_at.is_(None)
        found.append(exists().where(Custody.case_id == Task.case_id, *there))
    if sieve.district:
        found.append(Task.case_id.in_(in_district(bpmn.districts()[sieve.district])))
    return found


def order(sort: str) -> tuple[Any, ...]:
    """The columns of an order, the last of them unique, so that a page can begin after any task."""
    match sort:
        case "due":
            return Task.due_at, Task.id
        case "opened":
            return Task.opened_at, Task.id
        case "case":
            return Task.reference, Task.id
        case _:
            return case(dict(bpmn.stages()), value=Task.stage, else_=Task.stage), Task.due_at, Task.id


def _due(wanted: str, now: datetime) -> ColumnElement[bool]:
    today = now.astimezone(clock.LONDON).date()
    monday = today - timedelta(days=today.weekday())
    match wanted:
        case "overdue":
            return Task.due_at < now
        case "today":
            return Task.due_at.between(clock.start_of(today), clock.end_of(today))
        case "week":
            return Task.due_at.between(clock.start_of(monday), clock.end_of(monday + timedelta(days=6)))
        case _:
            # A step without a clock of its own is due at the moment it opens.
            return Task.due_at == Task.opened_at


def _flag(wanted: str, by: Actor) -> ColumnElement[bool]:
    match wanted:
        case "worry":
            return exists().where(Hold.case_id == Task.case_id, Hold.cleared_at.is_(None))
        case "waiting":
            return cast(Task.blocked, String) != "[]"
        case "sensitive":
            standing = RiskAssessment.superseded_at.is_(None), RiskAssessment.sensitive
            return exists().where(RiskAssessment.case_id == Task.case_id, *standing)
        case "stopped":
            return exists().where(Case.id == Task.case_id, Case.status == "frozen").correlate_except(Case)
        case "skipped":
            return skipped(by)
        case _:
            return exists().where(FollowUp.task_id == Task.id, FollowUp.staff_id == by.id)


def _pathways(session: Session) -> dict[str, str]:
    rows = session.execute(select(PathwayVersion.pathway, PathwayVersion.name).order_by(PathwayVersion.number))
    return dict(sorted(((row.pathway, row.name) for row in rows), key=lambda each: each[1]))


def _stages() -> dict[str, str]:
    """One key for each wording: several parts of a pathway are the same stage to those who work in it."""
    first: dict[str, str] = {}
    for key, words in bpmn.stages().items():
        first.setdefault(words, key)
    return {key: words for words, key in sorted(first.items())}


def _people(session: Session, by: Actor) -> dict[str, str]:
    where = [Staff.service_id == by.service_id, Staff.active]
    if "see_whole_service" not in by.verbs:
        where.append(Staff.team_id == by.team_id)
    rows = session.execute(select(Staff.id, Staff.name).where(*where).order_by(Staff.name))
    return {str(row.id): row.name for row in rows}


def _places(session: Session, by: Actor) -> dict[str, str]:
    """Where somebody of a case that `by` may see is held now."""
    held = Custody.ended_at.is_(None), Custody.establishment != "", visible(by), Case.status != "closed"
    codes = session.scalars(
        select(Custody.establishment).join(Case, Case.id == Custody.case_id).where(*held).distinct()
    )
    known = reference.establishments()
    return dict(sorted(((code, known[code].name) for code in codes if code in known), key=lambda place: place[1]))
