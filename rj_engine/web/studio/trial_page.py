"""One trial as its page shows it: the form that is next, the clock, the diagram, and what happened so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import url_for
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases.case import Case
from rj_engine.commands import Actor
from rj_engine.database import db
from rj_engine.forms import Field, Form, Option
from rj_engine.letters import page as letter_page
from rj_engine.web.case.diagrams import Drawing, drawings
from rj_engine.web.page.fields import Page, page_of
from rj_engine.web.page.guidance import safe_html
from rj_engine.web.studio import trial_offers
from rj_engine.web.studio.trial_happens import Happening, happening
from rj_engine.workflows.rows import Task, Timer
from rj_engine.workflows.studio import trial_begins, trial_world, trials
from rj_engine.workflows.studio.trial_begins import START
from rj_engine.workflows.studio.trial_rows import TrialRun, TrialStep
from rj_engine.workflows.task import desk as desks
from rj_engine.workflows.task import drafts
from rj_engine.workflows.task.desk import Desk

LETTERS_BELOW = 3
"""The page's own headings reach that far down above a letter."""
Messages = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that somebody could make at this task."""

    name: str
    problem: str
    body: Markup


@dataclass(frozen=True, slots=True)
class Asked:
    """The form that is next, and whose it is."""

    name: str
    who: str
    form: Form
    page: Page
    task_id: UUID | None = None
    blocked: Sequence[str] = ()
    guidance: str = ""
    letters: Sequence[Letter] = ()


@dataclass(frozen=True, slots=True)
class TrialPage:
    """Everything the page shows."""

    trial: TrialRun
    step: TrialStep
    steps: Sequence[Mapping[str, Any]]
    asked: Asked | None
    others: Sequence[Task]
    timers: Sequence[Timer]
    drawings: Sequence[Drawing]
    case: Case | None
    happening: Happening | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody chose to look at, and what they typed where it could not be taken."""

    task: UUID | None = None
    event: str = ""
    raw: Mapping[str, Any] | None = None
    wrong: Messages = field(default_factory=dict)

    def of(self, kind: str) -> tuple[Mapping[str, Any] | None, Messages]:
        """What was typed into the form of the open task, or into that of an event."""
        return (self.raw, self.wrong) if bool(self.event) == (kind == "event") else (None, {})


def page(trial_id: UUID, by: Actor, wanted: Wanted) -> TrialPage:
    """The trial as it stands."""
    session = db.session()
    trial = trials.find(session, by, trial_id)
    every = trials.steps(session, trial)
    step = every[-1]
    with trials.entered(session, trial, step) as world:
        case = trial_world.case_of(world)
        opened = list(world.scalars(select(Task).where(Task.closed_at.is_(None)).order_by(Task.opened_at, Task.name)))
        task = next((one for one in opened if one.id == wanted.task), opened[0] if opened else None)
        typed = wanted.of("task")
        asked = _begins(trial, world, *typed) if case is None else _task(trial, every, world, task, *typed)
        return TrialPage(
            trial=trial,
            step=step,
            steps=[{"number": one.number, "at": one.at, **one.told} for one in every],
            asked=asked,
            others=[one for one in opened if one is not task],
            timers=list(world.scalars(select(Timer).order_by(Timer.due_at))),
            drawings=_drawings(trial, world, case) if case else [],
            case=case,
            happening=happening(world, trial, case, wanted.event, *wanted.of("event")) if case else None,
        )


def _begins(trial: TrialRun, world: Session, raw: Mapping[str, Any] | None, wrong: Messages) -> Asked:
    form, hands = trial_begins.form_of(trial.pathway, trial.offered), trial_world.people(world)
    answers = raw if raw is not None else trial_offers.shown(trial, (), START, form, {}, hands)
    return Asked(form.title, "coordinator", form, page_of(form, answers, {}, wrong, _staff(hands)))


def _task(
    trial: TrialRun,
    every: Sequence[TrialStep],
    world: Session,
    task: Task | None,
    raw: Mapping[str, Any] | None,
    wrong: Messages,
) -> Asked | None:
    if task is None:
        return None
    hands, now = trial_world.people(world), clock.now()
    who = trials.hands(world, task)[0]
    desk = desks.desk(world, who, task.id, now)
    known = raw if raw is not None else trial_offers.shown(trial, every, task.element, desk.form, desk.variables, hands)
    return Asked(
        name=task.name,
        who=task.lane,
        form=desk.form,
        page=page_of(desk.form, known, desk.variables, wrong, _staff(hands)),
        task_id=task.id,
        blocked=desk.blocked,
        guidance=safe_html(desk.element.properties.get("guidance") or desk.element.documentation or ""),
        letters=_letters(world, who, desk, now),
    )


def _letters(world: Session, who: Actor, desk: Desk, now: datetime) -> list[Letter]:
    offers = drafts.offered(world, who, desk.task.id, now)
    return [
        Letter(
            offer.letter.name,
            offer.problem,
            letter_page.part(offer.document, below=LETTERS_BELOW) if offer.document else Markup(),
        )
        for offer in offers
    ]


def _staff(hands: Sequence[Actor]) -> Any:
    """The trial's own people, for a question that asks for a colleague."""

    def choices(asked: Field) -> list[Option]:
        if asked.kind not in {"staff", "facilitator"}:
            return []
        lane = "facilitator" if "facilitator" in (asked.kind, asked.key) else asked.properties.get("lane")
        return [Option(str(one.id), one.name) for one in hands if lane is None or lane in one.lanes]

    return choices


def _drawings(trial: TrialRun, world: Session, case: Case) -> list[Drawing]:
    """The same drawings as a case's, their files from the trial."""
    found = drawings(case.reference, desks.where_it_stands(world, case), {})
    return [replace(one, facts={**one.facts, "source": _source(trial, one)}) for one in found]


def _source(trial: TrialRun, drawing: Drawing) -> str:
    run, name = drawing.id.split("-")[1:3]
    return url_for("studio.trial_diagram", trial_id=trial.id, run=int(run), name=f"{name}.bpmn")


def form_asked(trial_id: UUID, by: Actor, task_id: UUID | None) -> Form:
    """The form that a request answers; the start form where it names no open task."""
    session = db.session()
    trial = trials.find(session, by, trial_id)
    with trials.entered(session, trial, trials.newest(session, trial)) as world:
        task = world.get(Task, task_id) if task_id else None
        if task is None:
            return trial_begins.form_of(trial.pathway, trial.offered)
        return desks.desk(world, trials.hands(world, task)[0], task.id, clock.now()).form


def diagram(trial_id: UUID, by: Actor, run: int, name: str) -> str | None:
    """One diagram of one run of the trial."""
    session = db.session()
    trial = trials.find(session, by, trial_id)
    with trials.entered(session, trial, trials.newest(session, trial)) as world:
        case = trial_world.case_of(world)
        standing = desks.where_it_stands(world, case) if case else []
        return standing[run].diagrams.get(name) if run < len(standing) else None
