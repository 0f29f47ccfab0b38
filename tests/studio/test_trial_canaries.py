"""A case that is copied into a trial leaves no name, no free word and no place behind: told by canaries."""

from __future__ import annotations

import json
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import bpmn
from rj_engine.cases.case import Case, Party, Referral
from rj_engine.database import db
from rj_engine.forms import Field, Form
from rj_engine.forms import parse as parse_form
from rj_engine.prisons import reference
from rj_engine.workflows.rows import Answers, Outbox, Run, Task
from rj_engine.workflows.studio import trial_copy, trials
from rj_engine.workflows.task.tasks import CompleteTask
from tests.places import Product
from tests.prisons.asked import Asking
from tests.studio.drawing import MANAGER
from tests.studio.trying import Trying
from tests.web.browsing import a_case, open_task, typical

CANARY: Final = "Zinnobervogel"
TYPED: Final = ("textfield", "textarea")


def sung(form: Form) -> dict[str, Any]:
    """A canary in every question that is typed, and the first choice in every other."""
    return {key: _sung(asked) for key, asked in form.fields.items()}


def _sung(asked: Field) -> Any:
    if asked.options:
        first = asked.options[0].value
        return [first] if asked.type == "checklist" else first
    return f"{CANARY} {asked.key}" if asked.type in TYPED else "2026-02-03" if asked.type == "date" else None


def sing(product: Product, case_id: UUID) -> None:
    """Put canaries into everything that was typed about a case."""
    session = product.session
    for told in session.scalars(select(Referral).where(Referral.case_id == case_id)):
        told.answers = {**told.answers, **{f: f"{CANARY} {f}" for f in told.answers if "name" in f or "words" in f}}
    for given, task in session.execute(select(Answers, Task).join(Task, Task.id == Answers.task_id)):
        form = parse_form(bpmn.forms()[task.form])
        typed = {key for key, asked in form.fields.items() if asked.type in TYPED}
        given.values = {**given.values, **{key: f"{CANARY} {key}" for key in typed}}
    for run in session.scalars(select(Run).where(Run.case_id == case_id)):
        run.variables = {**run.variables, "told_words": f"{CANARY} told", "prison_code": "MSI"}
    db.session.commit()


def opened(world: Session) -> str:
    """Every word that a world keeps, unsealed."""
    told: list[Any] = [[one.title, one.reference] for one in world.scalars(select(Case))]
    told += [one.name for one in world.scalars(select(Party))]
    told += [one.answers for one in world.scalars(select(Referral))]
    told += [one.values for one in world.scalars(select(Answers))]
    told += [one.variables for one in world.scalars(select(Run))]
    told += [one.payload for one in world.scalars(select(Outbox))]
    return json.dumps(told, default=str)


def test_no_form_lets_anything_typed_or_any_place_into_a_copy() -> None:
    places = set(reference.establishments())
    for key, text in bpmn.forms().items():
        form = parse_form(text)

        copied = trial_copy.Pseudonyms(days=3).answers(form, sung(form))

        assert CANARY not in json.dumps(copied), key
        assert not places & {str(value) for value in copied.values()}, key


def test_a_case_with_a_prison_is_copied_without_its_name(sqlite_product: Product) -> None:
    asking = Asking.sent(sqlite_product)
    sing(sqlite_product, asking.case_id)
    by = sqlite_product.actor(MANAGER)

    offered = trial_copy.copied(sqlite_product.session, by, asking.reference, "prison_permission")

    told = json.dumps({**offered, "copied": ""})
    assert offered["answers"]["prison_permission/confirm_place"]
    assert CANARY not in told
    assert "MSI" not in told
    assert reference.establishments()["MSI"].name not in told


def test_the_world_of_a_copied_case_holds_nothing_of_what_was_said(sqlite_product: Product) -> None:
    case = a_case(sqlite_product, victim_name=f"{CANARY} Alder", what_happened=f"{CANARY} at the mill")
    first = open_task(sqlite_product, case)
    sqlite_product.do(CompleteTask, "coordinator", task_id=first.id, answers=typical(first.form))
    sing(sqlite_product, first.case_id)
    offered = trial_copy.copied(sqlite_product.session, sqlite_product.actor(MANAGER), case, "intake")
    trial = Trying.begun(sqlite_product, "intake", **offered)
    trial.do(trials.AnswerInTrial, task_id=None, answers=trial.row.offered["referral"])
    trial.answer(trial.open()[0])

    with trials.entered(sqlite_product.session, trial.row, trial.step) as world:
        text = opened(world)

    assert CANARY not in text
    assert "Invented" in text
