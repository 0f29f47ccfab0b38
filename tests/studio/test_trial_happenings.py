"""Anything can happen at any moment of a trial, as it can in life; and nothing of it leaves the trial."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from sqlalchemy import func, select

from rj_engine.cases.holds import Hold
from rj_engine.demonstration import journeys
from rj_engine.demonstration.journeys import Staff, Stage
from rj_engine.demonstration.telling import typical_answers, whole
from rj_engine.forms import InvalidAnswers
from rj_engine.ledger import LedgerEntry
from rj_engine.workflows.rows import Outbox, Task
from rj_engine.workflows.studio import trial_happenings, trial_journey, trials
from rj_engine.workflows.studio.trial_happenings import NotBegun, TellInTrial, WithdrawInTrial
from tests.places import Product
from tests.studio.test_trials import counts
from tests.studio.trying import Trying
from tests.web.browsing import Browser, a_browser


def ordinary(form: str, **changes: Any) -> dict[str, Any]:
    """The answers of an ordinary day."""
    known = {**typical_answers()[form], **changes}
    return {key: journeys.on_the_day(value) for key, value in known.items() if value is not None}


def elements(trial: Trying) -> set[str]:
    """What is open."""
    return {task.element for task in trial.open()}


def under_way(product: Product) -> Trying:
    """A case of restorative justice whose facilitator has been in touch with the victim."""
    trial = Trying.begun(product, "victim_initiated_rj")
    trial.answer()
    trial.answer(trial.open()[0])
    return trial


def test_a_worry_told_in_the_middle_of_a_trial_holds_its_case_and_opens_what_follows(product: Product) -> None:
    trial = under_way(product)
    before, lines = counts(product), product.session.scalar(select(func.count()).select_from(LedgerEntry))

    trial.do(TellInTrial, event="safeguarding", answers=ordinary("event_safeguarding"))

    assert any(one.startswith("safeguarding_response/") for one in elements(trial))
    with trials.entered(product.session, trial.row, trial.step) as world:
        assert world.scalar(select(func.count()).select_from(Hold)) == 1
    assert counts(product) == before
    assert product.session.scalar(select(func.count()).select_from(LedgerEntry)) == lines
    assert trial.step.told["words"] == "A worry about somebody's safety"


def test_a_withdrawal_ends_what_stood_on_it_and_a_step_back_takes_it_back(sqlite_product: Product) -> None:
    trial = under_way(sqlite_product)
    stood = elements(trial)

    trial.do(WithdrawInTrial, party="victim", words="Enough.")
    assert elements(trial) != stood

    trial.do(trials.StepBack)
    assert elements(trial) == stood


def test_a_transfer_is_told_and_the_trial_goes_on(sqlite_product: Product) -> None:
    trial = under_way(sqlite_product)

    trial.do(TellInTrial, event="prison_transfer", answers=ordinary("event_custody"))

    assert "case:event:raised" in trial.step.told["tags"]
    trial.do(trials.WindTrial, days=3)


def test_nothing_happens_in_a_case_that_has_not_begun(sqlite_product: Product) -> None:
    trial = Trying.begun(sqlite_product)

    with pytest.raises(NotBegun):
        trial.do(WithdrawInTrial, party="victim")


def test_what_is_told_is_checked_as_in_life(sqlite_product: Product) -> None:
    trial = under_way(sqlite_product)

    with pytest.raises(InvalidAnswers):
        trial.do(TellInTrial, event="safeguarding", answers={})


def test_nothing_of_it_leaves_not_by_post_and_not_by_a_socket(
    sqlite_product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = under_way(sqlite_product)
    reached: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda *where: reached.append(where))

    trial.do(TellInTrial, event="safeguarding", answers=ordinary("event_safeguarding"))
    for task in trial.open():
        trial.answer(task)
        break
    trial.do(trials.WindTrial, days=30)

    assert reached == []
    assert sqlite_product.session.scalar(select(func.count()).select_from(Outbox)) == 0
    assert sqlite_product.session.scalar(select(func.count()).select_from(Task)) == 0


def test_everything_in_the_list_can_be_told_by_somebody_of_the_trial(sqlite_product: Product) -> None:
    trial = under_way(sqlite_product)

    with trials.entered(sqlite_product.session, trial.row, trial.step) as world:
        found = {one.key for one in trial_happenings.may_happen(world)}

    assert {"safeguarding", "prison_transfer", "victim_ready", "complaint", "serious_incident"} <= found


def test_a_trial_kept_as_a_journey_is_played_by_the_demonstration_also_where_an_event_begins_it(
    sqlite_product: Product,
) -> None:
    trial = Trying.begun(sqlite_product, "complaint")
    trial.answer()
    trial.answer(trial.open()[0])
    trial.do(TellInTrial, event="prison_transfer", answers=ordinary("event_custody"))
    told = trial_journey.told(trial.row, trials.steps(sqlite_product.session, trial.row))
    assert told["begins"]["event"] == "complaint"

    played = journeys.play(whole(told), Stage(Staff()), steps=2)

    assert played.done[0] == "A complaint"
    assert played.done[-1] == "The harmer was moved to another prison"


def test_nobody_lets_anything_happen_in_a_colleagues_trial(sqlite_product: Product) -> None:
    trial = under_way(sqlite_product)
    colleague, lead = (a_browser(sqlite_product, who) for who in ("service_manager.sample", "lead"))

    for path in (f"/studio/trials/{trial.id}/withdraw", f"/studio/trials/{trial.id}/events/safeguarding"):
        assert colleague.post(path, "/studio", party="victim:").status_code == 404
        assert lead.post(path, "/cases", party="victim:").status_code == 403
        assert Browser(sqlite_product).post(path, party="victim:").status_code == 401
