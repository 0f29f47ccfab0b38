"""A dry run: what would become of the open cases of a pathway in one of its versions; read only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from rj_engine import bpmn
from rj_engine.cases.case import Case, visible
from rj_engine.commands import Actor
from rj_engine.errors import Refused
from rj_engine.people import staff
from rj_engine.prisons import reference
from rj_engine.prisons.custody import Custody
from rj_engine.workflows.migration import foreseen
from rj_engine.workflows.migration.foreseen import CANNOT, PARTLY, WHOLE
from rj_engine.workflows.published import versions
from rj_engine.workflows.published.versions import Published
from rj_engine.workflows.rows import PathwayVersion, Run
from rj_engine.workflows.studio.changes import Change
from rj_engine.workflows.workload.filters import NOBODY, SEES_PLACES

STOPPED: Final = "It is stopped while a lead looks into something that went wrong."


class NoSuchCases(Refused):
    """There is nothing of that name to choose cases by. Choose from the lists."""

    code = "no_such_cases"


@dataclass(frozen=True, slots=True)
class Sieve:
    """Which open cases; an empty one lets all through."""

    version: str = ""
    """The number of the version they are on."""
    stage: str = ""
    facilitator: str = ""
    """An id, or `nobody`."""
    establishment: str = ""

    @property
    def given(self) -> dict[str, str]:
        """What it holds back by, as a page's address has it."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose by among a pathway's open cases, value to words."""

    version: Mapping[str, str]
    stage: Mapping[str, str]
    facilitator: Mapping[str, str]
    establishment: Mapping[str, str]
    """Empty for who may not know where somebody is held."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One case in a dry run."""

    case_id: UUID
    reference: str
    stage: str
    facilitator: str | None
    numbers: tuple[int, ...]
    """The versions its runs are on."""
    misses: tuple[Change, ...] = ()
    why: tuple[str, ...] = ()
    mark: str = field(default="")
    """What it will not see, as a mark."""

    @property
    def group(self) -> str:
        """Which of the three."""
        return CANNOT if self.why else PARTLY if self.misses else WHOLE

    @property
    def of_safety(self) -> bool:
        """Whether somebody's safety hangs on something it will not see."""
        return any(one.of_safety for one in self.misses)


def choices(session: Session, by: Actor, pathway: str, target: Published) -> Choices:
    """By what the cases that are not on `target` can be chosen."""
    among = select(Case.id).join(Run, Run.case_id == Case.id).where(*_not_on(by, pathway, target))
    numbers = select(PathwayVersion.number).join(Run, Run.version_id == PathwayVersion.id)
    numbers = numbers.join(Case, Case.id == Run.case_id).where(*_not_on(by, pathway, target)).distinct()
    stages = session.scalars(select(Case.stage).where(Case.id.in_(among)).distinct())
    leads = set(session.scalars(select(Case.facilitator_id).where(Case.id.in_(among)).distinct()))
    names = staff.names(session, {each for each in leads if each})
    held = select(Custody.establishment).where(Custody.ended_at.is_(None), Custody.case_id.in_(among)).distinct()
    codes = list(session.scalars(held)) if SEES_PLACES in by.verbs else []
    known = reference.establishments()
    return Choices(
        version={str(number): str(number) for number in sorted(session.scalars(numbers))},
        stage=_sorted((key, bpmn.stages().get(key, key)) for key in stages if key),
        facilitator={
            **({NOBODY: "Nobody yet"} if None in leads else {}),
            **_sorted((str(key), name) for key, name in names.items()),
        },
        establishment=_sorted((code, known[code].name) for code in codes if code in known),
    )


def read(asked: Mapping[str, str], known: Choices) -> Sieve:
    """What an address asks for; refuses what nobody could have chosen."""
    told = {name: asked[name].strip() for name in Sieve.__dataclass_fields__ if asked.get(name, "").strip()}
    if any(value not in getattr(known, name) for name, value in told.items()):
        raise NoSuchCases
    return Sieve(**told)


def look(session: Session, by: Actor, pathway: str, target: Published, sieve: Sieve) -> list[Expected]:
    """Every open case of the pathway that `by` may see and that is not on `target`, by reference."""
    where = [*_not_on(by, pathway, target), *_let_through(sieve, by)]
    joined = select(Case, Run).join(Run, Run.case_id == Case.id).where(*where)
    rows = list(session.execute(joined.order_by(Case.reference, Run.started_at)))
    names = staff.names(session, {row.Case.facilitator_id for row in rows if row.Case.facilitator_id})
    grouped = groupby(rows, key=lambda row: row.Case)
    return [_expected(session, case, [row.Run for row in of], target, names) for case, of in grouped]


def _expected(session: Session, case: Case, runs: list[Run], target: Published, names: Mapping[UUID, str]) -> Expected:
    old = [versions.load(session, run.version_id) for run in runs]
    seen = [foreseen.foresee(session, run, before, target) for run, before in zip(runs, old, strict=True)]
    misses = tuple(dict.fromkeys(change for one in seen for change in one.misses))
    stopped = (STOPPED,) if case.status == "frozen" else ()
    return Expected(
        case_id=case.id,
        reference=case.reference,
        stage=case.stage,
        facilitator=names.get(case.facilitator_id) if case.facilitator_id else None,
        numbers=tuple(sorted({one.number for one in old})),
        misses=misses,
        why=tuple(dict.fromkeys([*stopped, *(why for one in seen for why in one.why)])),
        mark=foreseen.mark(misses),
    )


def _not_on(by: Actor, pathway: str, target: Published) -> list[ColumnElement[bool]]:
    running = Run.status == "running", Run.pathway == pathway, Run.version_id != target.id
    return [visible(by), Case.status != "closed", *running]


def _let_through(sieve: Sieve, by: Actor) -> Iterable[ColumnElement[bool]]:
    if sieve.version:
        number = PathwayVersion.number == int(sieve.version)
        yield exists().where(PathwayVersion.id == Run.version_id, number)
    if sieve.stage:
        yield Case.stage == sieve.stage
    if sieve.facilitator:
        nobody = sieve.facilitator == NOBODY
        yield Case.facilitator_id.is_(None) if nobody else Case.facilitator_id == UUID(sieve.facilitator)
    if sieve.establishment:
        by.require(SEES_PLACES)
        there = Custody.establishment == sieve.establishment, Custody.ended_at.is_(None)
        yield exists().where(Custody.case_id == Case.id, *there)


def _sorted(pairs: Iterable[tuple[str, Any]]) -> dict[str, str]:
    return dict(sorted(pairs, key=lambda pair: str(pair[1])))
