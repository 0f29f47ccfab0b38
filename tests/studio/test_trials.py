"""A trial run: the draft runs as it would in life, and nothing of it happens to anybody."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from rj_engine import clock
from rj_engine.cases.case import Case, NotFound
from rj_engine.commands import NotAllowed
from rj_engine.database import Base
from rj_engine.forms import InvalidAnswers
from rj_engine.ledger import LedgerEntry
from rj_engine.risk.gate import ContactBlocked
from rj_engine.workflows.studio import trial_copy, trial_journey, trials
from rj_engine.workflows.studio.trial_rows import TrialRun, TrialStep
from tests.places import Product
from tests.studio.drawing import SAFEGUARDING, a_draft, reworded
from tests.studio.trying import Trying
from tests.web.browsing import a_case

ITS_OWN = {"trial_run", "trial_step", "command_result", "ledger_entry", "ledger_head", "pathway_draft"}


def counts(product: Product) -> dict[str, int]:
    """How many rows each table holds, but for those that a trial may touch."""
    tables = [one for one in Base.metadata.sorted_tables if one.name not in ITS_OWN]
    return {one.name: product.session.scalar(select(func.count()).select_from(one)) or 0 for one in tables}


def test_a_trial_walks_a_draft_to_its_end_and_nothing_of_it_is_in_the_house(product: Product) -> None:
    trial = Trying.begun(product)
    before = counts(product)

    trial.answer()
    while opened := trial.open():
        trial.answer(opened[0])

    assert [one.told["did"].get("task") for one in trials.steps(product.session, trial.row)][1] == "start"
    assert counts(product) == before


def test_a_trial_leaves_no_line_in_any_record_but_that_the_draft_was_tried(sqlite_product: Product) -> None:
    trial = Trying.begun(sqlite_product)
    lines = sqlite_product.session.scalar(select(func.count()).select_from(LedgerEntry))

    trial.answer()

    assert sqlite_product.session.scalar(select(func.count()).select_from(LedgerEntry)) == lines


def test_the_draft_itself_is_tried_not_the_version_that_stands(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)
    reworded(sqlite_product, draft)
    trial = Trying.begun(sqlite_product)

    trial.answer()

    assert [task.name for task in trial.open()] == ["Say that it has come in anew"]


def test_a_form_that_cannot_be_taken_is_refused_as_in_life_and_the_trial_stays(sqlite_product: Product) -> None:
    trial = Trying.begun(sqlite_product)
    trial.answer()
    task, number = trial.open()[0], trial.step.number

    with pytest.raises(InvalidAnswers):
        trial.do(trials.AnswerInTrial, task_id=task.id, answers={})

    assert trial.step.number == number


def test_a_step_taken_back_opens_the_task_again(product: Product) -> None:
    trial = Trying.begun(product)
    trial.answer()
    first = trial.open()[0]
    trial.answer(first)

    trial.do(trials.StepBack)

    assert [task.id for task in trial.open()] == [first.id]


def test_beginning_again_goes_back_to_the_first_form(sqlite_product: Product) -> None:
    trial = Trying.begun(sqlite_product)
    trial.answer()

    trial.do(trials.RestartTrial)

    assert trial.step.number == 0
    assert trial.case() is None


def test_a_button_pressed_in_two_windows_moves_the_trial_once(sqlite_product: Product) -> None:
    trial = Trying.begun(sqlite_product)
    trial.answer()
    trial.answer(trial.open()[0])

    with pytest.raises(trials.TrialMoved):
        trial.do(trials.StepBack, number=1)


def test_the_clock_winds_to_the_next_timer_and_what_waited_for_it_goes_on(sqlite_product: Product) -> None:
    trial = Trying.begun(sqlite_product, "intake")
    trial.answer()
    began = trial.step.at

    trial.do(trials.WindTrial, days=3)

    assert trial.step.at >= began + timedelta(days=3)


def test_where_no_timer_runs_the_clock_says_so(sqlite_product: Product) -> None:
    trial = Trying.begun(sqlite_product)

    with pytest.raises(trials.NothingDue):
        trial.do(trials.WindTrial)


def test_the_gate_answers_in_a_trial_as_it_would_for_a_real_case(sqlite_product: Product) -> None:
    trial = Trying.begun(sqlite_product, "victim_initiated_rj")
    trial.answer()
    while (task := trial.open()[0]).element != "harmer_engagement/approach_harmer":
        trial.answer(task)

    trial.do(trials.WindTrial, days=400)

    with pytest.raises(ContactBlocked):
        trial.answer(trial.open()[0])


def test_nobody_sees_a_colleagues_trial(sqlite_product: Product) -> None:
    trial = Trying.begun(sqlite_product)

    with pytest.raises(NotFound):
        trials.find(sqlite_product.session, sqlite_product.actor(SAFEGUARDING), trial.id)


def test_who_may_not_see_drafts_may_not_try_them(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)

    with pytest.raises(NotAllowed):
        sqlite_product.do(trials.BeginTrial, "facilitator", draft_id=draft)


def test_a_trial_is_thrown_away_when_its_days_are_over(product: Product) -> None:
    trial = Trying.begun(product)
    trial.answer()

    with clock.at(clock.now() + timedelta(days=15)):
        assert trials.sweep_due() == 1
        assert trials.sweep_due() == 0

    assert product.session.scalar(select(func.count()).select_from(TrialRun)) == 0
    assert product.session.scalar(select(func.count()).select_from(TrialStep)) == 0


def test_what_is_kept_is_sealed(sqlite_product: Product) -> None:
    trial = Trying.begun(sqlite_product)
    trial.answer(event_words="Hemlock at Number Nine")

    for step in trials.steps(sqlite_product.session, trial.row):
        assert b"Hemlock" not in step.image_sealed + step.told_sealed


def test_a_copied_case_keeps_choices_and_loses_every_word_name_and_number(sqlite_product: Product) -> None:
    reference = a_case(
        sqlite_product, victim_name="Hemlock Secretname", victim_phone="01632 960 777", what_happened="At the old mill."
    )

    offered = trial_copy.copied(sqlite_product.session, sqlite_product.actor("service_manager"), reference, "intake")

    told = str({**offered, "copied": ""})
    for words in ("Hemlock", "Secretname", "960 777", "old mill"):
        assert words not in told
    assert offered["referral"]["victim_name"].endswith("Invented")
    assert offered["referral"]["relation"] == "other"
    assert offered["copied"] == reference


def test_a_copied_case_can_be_tried(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)
    by = sqlite_product.actor("service_manager")
    offered = trial_copy.copied(sqlite_product.session, by, reference, "intake")
    trial = Trying.begun(sqlite_product, "intake", **offered)

    trial.do(trials.AnswerInTrial, task_id=None, answers=trial.row.offered["referral"])

    assert trial.open()


def test_a_case_of_another_service_cannot_be_copied(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)

    with pytest.raises(NotFound):
        trial_copy.copied(
            sqlite_product.session, sqlite_product.actor("service_manager.sample"), reference, "complaint"
        )


def test_a_copy_moves_days_by_as_much_as_the_case_is_old() -> None:
    names = trial_copy.Pseudonyms(days=10)

    assert names.moved("2026-02-25") == "2026-03-07"
    assert names.moved("not a day") is None


def test_a_copys_facts_are_codes_numbers_and_days_alone() -> None:
    facts = {
        "level": 3,
        "mode": "letter",
        "told": "He said so",
        "on": "2026-02-25",
        "victim_name": "alder",
        "many": ["a"],
    }

    kept = trial_copy.Pseudonyms(days=0).facts(facts, frozenset({"victim_name"}))

    assert kept == {"level": 3, "mode": "letter", "on": "2026-02-25", "many": ["a"]}


def test_a_trial_is_told_as_a_journey(sqlite_product: Product) -> None:
    trial = Trying.begun(sqlite_product, "complaint")
    trial.answer()
    task = trial.open()[0]
    trial.answer(task)

    journey = trial_journey.told(trial.row, trials.steps(sqlite_product.session, trial.row))

    assert journey["begins"]["form"] == "event_complaint"
    assert [one["task"] for one in journey["steps"]] == [task.element]
    assert journey["steps"][0]["then"]


def test_an_unknown_trial_is_not_found(sqlite_product: Product) -> None:
    with pytest.raises(NotFound):
        sqlite_product.do(trials.DropTrial, "service_manager", trial_id=UUID(int=5))


def test_the_world_of_a_trial_holds_one_case_alone(sqlite_product: Product) -> None:
    a_case(sqlite_product)
    trial = Trying.begun(sqlite_product)
    trial.answer()

    with trials.entered(sqlite_product.session, trial.row, trial.step) as world:
        assert world.scalar(select(func.count()).select_from(Case)) == 1
