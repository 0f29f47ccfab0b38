"""While somebody is away a substitute has their tasks, and the record says on whose behalf they were done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from rj_engine import clock, ledger
from rj_engine.commands import NotAllowed
from rj_engine.people import keyboard, substitutes
from rj_engine.people.keyboard import KeysDoNotFit, SetKeyboard
from rj_engine.people.substitutes import DatesDoNotFit, EndAbsence, NameSubstitute, NoSuchAbsence, NoSuchSubstitute
from rj_engine.workflows.rows import Task
from rj_engine.workflows.task.tasks import CompleteTask
from rj_engine.workflows.workload import inbox
from tests.answers import typical
from tests.places import Product
from tests.security.neighbourhood import a_case as at_first_contact


def away(product: Product, who: str, substitute: str, by: str = "", **days: Any) -> UUID:
    """Name a substitute from today for a week, unless a test says otherwise."""
    dates = {"from_on": clock.today(), "until_on": clock.today() + timedelta(days=7), **days}
    people = {"away": product.actor(who).id, "substitute": product.actor(substitute).id}
    return UUID(product.do(NameSubstitute, by or who, **people, **dates)["absence"])


def mine(product: Product, who: str) -> list[UUID]:
    return [row.id for row in inbox.page(product.session, product.actor(who), "mine", clock.now()).tasks]


def test_a_substitute_has_the_tasks_on_those_days_and_no_longer(product: Product) -> None:
    known = at_first_contact(product)
    tomorrow = clock.now() + timedelta(days=1)
    away(product, "facilitator", "facilitator2", from_on=tomorrow.date())

    assert mine(product, "facilitator2") == []
    with clock.at(tomorrow):
        assert mine(product, "facilitator2") == [known.task]
        assert mine(product, "facilitator") == [known.task]
    with clock.at(clock.now() + timedelta(days=9)):
        assert mine(product, "facilitator2") == []


def test_the_record_says_on_whose_behalf(product: Product) -> None:
    known = at_first_contact(product)
    away(product, "facilitator", "facilitator2")
    task = product.session.get_one(Task, known.task)
    case_id, answers = task.case_id, typical(task.form)

    product.do(CompleteTask, "facilitator2", task_id=known.task, answers=answers)

    told = [entry for entry in ledger.read(product.session, case_id) if entry.tag == "case:task:done_on_behalf"]
    assert [entry.detail["whom"] for entry in told] == [product.actor("facilitator").name]
    assert told[0].actor_name == product.actor("facilitator2").name


def test_one_who_is_back_has_no_substitute(product: Product) -> None:
    known = at_first_contact(product)
    absence = away(product, "facilitator", "facilitator2")
    assert mine(product, "facilitator2") == [known.task]

    product.do(EndAbsence, "facilitator", absence=absence)

    assert mine(product, "facilitator2") == []
    with pytest.raises(NoSuchAbsence):
        product.do(EndAbsence, "facilitator", absence=absence)


def test_only_a_colleague_who_may_do_the_work_stands_in(product: Product) -> None:
    for unfit in ("facilitator", "facilitator.west", "referrer", "coordinator"):
        with pytest.raises(NoSuchSubstitute):
            away(product, "facilitator", unfit)
    away(product, "facilitator", "lead")


def test_the_days_have_to_fit(product: Product) -> None:
    today, day = clock.today(), timedelta(days=1)
    for days in (
        {"from_on": today, "until_on": today - day},
        {"from_on": today - 3 * day, "until_on": today - day},
        {"from_on": today, "until_on": today + 400 * day},
    ):
        with pytest.raises(DatesDoNotFit):
            away(product, "facilitator", "facilitator2", **days)


def test_a_lead_names_one_for_whoever_has_fallen_ill_and_a_colleague_does_not(product: Product) -> None:
    with pytest.raises(NotAllowed):
        away(product, "facilitator", "facilitator2", by="facilitator2")
    with pytest.raises(NotAllowed):
        away(product, "facilitator", "facilitator2", by="coordinator.west")
    with pytest.raises(NoSuchAbsence):
        away(product, "facilitator", "facilitator2", by="lead.sample")
    away(product, "facilitator", "facilitator2", by="lead")

    today = clock.today()
    for who, count in {"facilitator": 1, "facilitator2": 1, "lead": 1, "coordinator": 1, "facilitator.west": 0}.items():
        assert len(substitutes.absences(product.session, product.actor(who), today)) == count, who


def test_shortcuts_are_ones_own_single_and_can_be_off(product: Product) -> None:
    me = product.actor("facilitator").id
    first = keyboard.of(product.session, me)
    assert first.on
    assert first.letters["next"] == "j"

    product.do(SetKeyboard, "facilitator", on=True, letters={**first.letters, "next": "D", "home": ""})
    changed = keyboard.of(product.session, me)
    assert (changed.letters["next"], changed.letters["home"]) == ("d", "")
    for wrong in ({"next": "j", "previous": "j"}, {"next": "jj"}, {"next": "1"}):
        with pytest.raises(KeysDoNotFit):
            product.do(SetKeyboard, "facilitator", on=True, letters=wrong)
    product.do(SetKeyboard, "facilitator", on=False, letters=changed.letters)

    assert not keyboard.of(product.session, me).on
    assert keyboard.of(product.session, product.actor("facilitator2").id) == first
