"""Every letter that any task of any journey offers, looked at when it is offered: nothing of anybody else in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from rj_engine import bpmn, clock
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.demonstration.journeys import JourneyBroken, Refusal, Staff, Stage, play, someone
from rj_engine.demonstration.telling import Journey
from rj_engine.forms import parse
from rj_engine.letters import page
from rj_engine.workflows.post import letters
from rj_engine.workflows.published import versions
from rj_engine.workflows.rows import Run, Task
from rj_engine.workflows.task import drafts
from rj_engine.workflows.task.tasks import SaveDraft
from tests.letters import canaries
from tests.letters.canaries import KINDS
from tests.pathways.journeys_told import every_journey
from tests.places import Product

EVERY = 1 if os.environ.get("RJ_FULL") else 6
JOURNEYS = list(every_journey())[::EVERY]
"""A fixed sample unless all are asked for: a variation differs from its neighbours in a step or two."""
WORDS = " ".join(canaries.name(person) for person in KINDS)
MAY_NAME = {"prison": {"harmer"}}
seen: set[str] = set()


@dataclass(frozen=True)
class Looking(Staff):
    """Staff who look at every letter before they finish a task, with everybody's names typed into every free field."""

    leaks: list[str] = field(default_factory=list)

    def refer(self, who: str, answers: Mapping[str, Any]) -> str:
        """Everybody the journey names is called by their canary."""
        told = {person: canaries.contact(person) for person in KINDS if answers.get(f"{person}_name")}
        named = {f"{person}_name": each[f"{person}_name"] for person, each in told.items()}
        free = {key: WORDS for key in ("what_happened", "victim_needs", "harmer_needs") if key in answers}
        return super().refer(who, {**answers, **free, **named})

    def complete(self, who: str, task_id: UUID, answers: Mapping[str, Any]) -> Refusal | None:
        """Look, then finish."""
        if not _offers_any(task_id):
            return super().complete(who, task_id, answers)
        by = someone(who)
        form = parse(bpmn.forms()[db.session().get_one(Task, task_id).form])
        free = {key: WORDS for key, each in form.fields.items() if each.type in {"textfield", "textarea"}}
        for typed in ({}, answers, {**answers, **free}):
            if typed:
                dispatch(SaveDraft(command_id=uuid4(), by=by, task_id=task_id, values=typed))
            self._look(by, task_id)
        return super().complete(who, task_id, answers)

    def _look(self, by: Any, task_id: UUID) -> None:
        for offer in drafts.offered(db.session(), by, task_id, clock.now()):
            if offer.document is None:
                assert not canaries.found(offer.problem, KINDS), offer.problem
                continue
            seen.add(offer.letter.name)
            own = MAY_NAME.get(offer.letter.to, set()) if offer.party is None else _known(offer.party.name)
            shown = page.whole(offer.document)
            self.leaks.extend(f"{offer.letter.name}: {sign}" for sign in canaries.found(shown, set(KINDS) - own))


def _offers_any(task_id: UUID) -> bool:
    task = db.session().get_one(Task, task_id)
    published = versions.load(db.session(), db.session().get_one(Run, task.run_id).version_id)
    return bool(letters.drafts_of(published.definition.elements[task.element]))


def _known(name: str) -> set[str]:
    return {person for person in KINDS if canaries.name(person) == name}


@pytest.fixture(scope="module")
def place(furnished_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One product for all journeys: cases do not meet."""
    path = tmp_path_factory.mktemp("letters") / "rj.sqlite"
    shutil.copy(furnished_sqlite, path)
    with Product.opened(f"sqlite:///{path}") as opened:
        yield opened


@pytest.mark.parametrize("journey", JOURNEYS, ids=[journey.title for journey in JOURNEYS])
def test_no_letter_offered_on_the_way_tells_of_anybody_else(place: Product, journey: Journey) -> None:
    hands = Looking()
    with suppress(JourneyBroken):  # how far it comes is looked at with the journeys themselves
        play(journey, Stage(hands, checks=False))
    assert hands.leaks == []


def test_the_journeys_meet_letters_to_both_sides() -> None:
    if not seen:
        pytest.skip("the journeys have not been played in this process")
    assert {"victim_information.md", "victim_closing.md", "harmer_invitation.md", "harmer_closing.md"} <= seen
