"""A trial as a manager walks it, for tests: begun, its open tasks seen, ordinary answers given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from rj_engine.demonstration import journeys
from rj_engine.demonstration.telling import typical_answers
from rj_engine.workflows.rows import Task
from rj_engine.workflows.studio import trial_begins, trial_world, trials
from rj_engine.workflows.studio.trial_rows import TrialRun, TrialStep
from tests.answers import typical
from tests.places import Product
from tests.studio.drawing import MANAGER, a_draft


@dataclass
class Trying:
    """One person's trial."""

    product: Product
    id: UUID
    who: str = MANAGER

    @classmethod
    def begun(cls, product: Product, pathway: str = "complaint", who: str = MANAGER, **offered: Any) -> Trying:
        """A trial of a fresh draft of `pathway`."""
        draft = a_draft(product, pathway)
        known = {"referral": typical("referral"), **offered}
        return cls(product, UUID(product.do(trials.BeginTrial, who, draft_id=draft, offered=known)["trial"]), who)

    @property
    def row(self) -> TrialRun:
        """The trial."""
        return trials.find(self.product.session, self.product.actor(self.who), self.id)

    @property
    def step(self) -> TrialStep:
        """How it stands."""
        return trials.newest(self.product.session, self.row)

    def open(self) -> list[Task]:
        """The open tasks of its world."""
        row = self.row
        with trials.entered(self.product.session, row, self.step) as world:
            return list(world.scalars(select(Task).where(Task.closed_at.is_(None)).order_by(Task.opened_at)))

    def case(self) -> Any:
        """Its one case."""
        with trials.entered(self.product.session, self.row, self.step) as world:
            return trial_world.case_of(world)

    def answer(self, task: Task | None = None, **changes: Any) -> None:
        """Answer one form as on an ordinary day, changed by `changes`."""
        row = self.row
        form = task.form if task else trial_begins.form_of(row.pathway, row.offered).id
        known = {**typical_answers().get(form, {}), **changes}
        parts = {"task_id": task.id if task else None, "answers": self._put_in(known)}
        self.do(trials.AnswerInTrial, **parts)

    def _put_in(self, answers: dict[str, Any]) -> dict[str, Any]:
        row = self.row
        with trials.entered(self.product.session, row, self.step) as world:
            facilitator = str(trial_world.people(world)[1].id)
            return {
                key: facilitator if str(value).startswith("staff:") else journeys.on_the_day(value)
                for key, value in answers.items()
                if value is not None
            }

    def do(self, kind: type[trials.TrialCommand], **parts: Any) -> None:
        """A command on it as it now stands."""
        self.product.do(kind, self.who, trial_id=self.id, number=parts.pop("number", self.step.number), **parts)
