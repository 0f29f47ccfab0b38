"""A task goes only to somebody trained for it, who is told why not; an exchange of a sensitive case needs two."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from rj_engine import clock
from rj_engine.cases.case import Referral
from rj_engine.database import db
from rj_engine.forms import InvalidAnswers
from rj_engine.people import competence
from rj_engine.people.competence import RecordCompetence
from rj_engine.risk.requirements import REQUIREMENTS
from rj_engine.workflows import qualified
from rj_engine.workflows.engine.definition import Element
from rj_engine.workflows.published import versions
from rj_engine.workflows.qualified import NotTrainedForThis, Work
from rj_engine.workflows.rows import Run
from rj_engine.workflows.task.tasks import AssignTask, ClaimTask, CompleteTask, ReleaseTask
from tests.answers import typical
from tests.builders import a_case, a_run, a_sensitive_task, an_assessment, kept
from tests.places import Product

NOW = datetime(2026, 6, 10, 9, 0, tzinfo=UTC)
TODAY = date(2026, 6, 10)
ACROSS = sorted(REQUIREMENTS)


class Room:
    """One case, and people whose training a test sets."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.case = a_case(product)
        self.run = a_run(self.case)

    def train(self, who: str, level: int, *modules: str, **changed: Any) -> uuid.UUID:
        """Make `who` be trained so; supervision and practice are in date unless a test says otherwise."""
        identity = self.product.actor(who).id
        assert identity is not None
        days = {"supervision_on": TODAY, "observed_on": TODAY, **changed}
        trained = {"staff_id": identity, "level": level, "modules": dict.fromkeys(modules, TODAY), **days}
        self.product.do(RecordCompetence, "service_manager", **trained)
        return identity

    def work(
        self,
        effect: str = "",
        *,
        lane: str = "facilitator",
        answers: dict[str, Any] | None = None,
        properties: dict[str, str] | None = None,
        **facts: Any,
    ) -> Work:
        """A task of the case, whose run knows `facts`."""
        run = self.product.session.get_one(Run, self.run.id)
        run.variables = {"harm_flags": [], "child_party": "none", **facts}
        db.session.commit()
        told = {**({"effect": effect} if effect else {}), **(properties or {})}
        element = Element("a_task", "a_pathway", "A task", "userTask", lane, form="hand_over_letter", properties=told)
        published = versions.newest(self.product.session, "victim_initiated_rj")
        return Work(run, self.case, published, element, "key", answers or {})

    def held_back(self, who: uuid.UUID, work: Work, name: str = "") -> str:
        return qualified.held_back(self.product.session, who, work, NOW, name)

    def second(self, work: Work, by: uuid.UUID) -> None:
        trained = competence.of(self.product.session, by)
        needs = qualified.needed(self.product.session, trained, work, TODAY)
        qualified.require_second(self.product.session, by, work, needs, NOW)


@pytest.fixture
def room(sqlite_product: Product) -> Iterator[Room]:
    with clock.at(NOW):
        yield Room(sqlite_product)


def test_an_assessor_of_domestic_abuse_is_advanced_and_has_both_modules(room: Room) -> None:
    work = room.work("assess_risk", harm_flags=["DA"])
    asked = "This task needs somebody trained at advanced level, with the modules domestic abuse and Dash in date."
    assert room.held_back(room.train("facilitator", 2), work) == (
        f"{asked} Your level is intermediate. You have not domestic abuse and Dash in date."
    )
    assert room.held_back(room.train("facilitator", 3, "dash"), work) == f"{asked} You have not domestic abuse in date."
    assert room.held_back(room.train("facilitator", 3, "dash", "domestic_abuse"), work) == ""


def test_a_colleague_is_named_where_it_is_about_them(room: Room) -> None:
    who = room.train("facilitator2", 1)
    assert room.held_back(who, room.work("assess_risk"), "Fraser Invented") == (
        "This task needs somebody trained at intermediate level. Fraser Invented's level is foundation."
    )


@pytest.mark.parametrize("effect", [*ACROSS, "sign_risk", "panel_decision", "assess_risk"])
@pytest.mark.parametrize(("flags", "level"), [([], 2), (["HATE"], 2), (["SA"], 3), (["STALKING", "DA"], 3)])
def test_whoever_reaches_across_assesses_or_signs_has_the_level_of_the_case(
    room: Room, effect: str, flags: Sequence[str], level: int
) -> None:
    modules = ("sexual_harm", "stalking", "domestic_abuse", "dash")
    work = room.work(effect, lane="lead", harm_flags=list(flags))
    assert f"at {competence.level_name(level)} level" in room.held_back(room.train("lead", level - 1, *modules), work)
    assert room.held_back(room.train("lead", level, *modules), work) == ""


def test_a_module_that_ran_out_yesterday_counts_no_more(room: Room) -> None:
    who = room.train("facilitator", 3)
    room.train("facilitator", 3, modules={"sexual_harm": TODAY - timedelta(days=1)})
    assert room.held_back(who, room.work("assess_risk", harm_flags=["SA"])) == (
        "This task needs somebody trained at advanced level, with the module sexual harm in date."
        " You have not sexual harm in date."
    )


def test_a_task_can_ask_for_a_level_and_skills_of_its_own(room: Room) -> None:
    own = {"min_level": "intermediate", "skills": "mediation"}
    work = room.work(lane="coordinator", properties=own)
    assert "Your level is foundation" in room.held_back(room.train("coordinator", 1, "mediation"), work)
    assert "mediation" in room.held_back(room.train("coordinator", 2), work)
    assert room.held_back(room.train("coordinator", 2, "mediation"), work) == ""
    assert "advanced" in room.held_back(
        room.train("coordinator", 2), room.work(lane="coordinator", properties={"min_level": "a slip"})
    )


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({"supervision_on": TODAY - timedelta(weeks=12, days=1)}, "Your last supervision was on 17 March 2026."),
        ({"supervision_on": None}, "Your last supervision is not recorded."),
        ({"observed_on": TODAY - timedelta(days=400)}, "Your last supervision was on 10 June 2026."),
        ({"observed_on": None}, "Your last supervision was on 10 June 2026."),
    ],
)
def test_nobody_whose_supervision_has_lapsed_works_on_a_sensitive_case(
    room: Room, days: dict[str, Any], expected: str
) -> None:
    who = room.train("facilitator", 3, "sexual_harm", **days)
    assert expected in room.held_back(who, room.work(harm_flags=["SA"]))
    assert expected in room.held_back(who, room.work(complexity="sensitive"))
    assert room.held_back(who, room.work(harm_flags=["HATE"])) == "", "a standard case is not barred"


@pytest.mark.parametrize("effect", ["safeguarding", "withdraw"])
def test_nobody_is_held_back_from_danger_or_from_a_no(room: Room, effect: str) -> None:
    who = room.train("facilitator", 1, supervision_on=None)
    assert room.held_back(who, room.work(effect, harm_flags=["DA"])) == ""


def test_whoever_takes_a_referral_screens_it_and_an_officers_training_is_not_ours(room: Room) -> None:
    who = room.train("coordinator", 1)
    assert room.held_back(who, room.work("assess_risk", lane="coordinator", harm_flags=["DA"])) == ""
    assert room.held_back(who, room.work("assess_risk", lane="officer")) == ""
    assert room.held_back(who, room.work("deliver_informal", lane="officer")) == ""


def test_what_the_answers_tell_counts_at_once(room: Room) -> None:
    who = room.train("facilitator", 2)
    assert room.held_back(who, room.work("assess_risk")) == ""
    assert "advanced" in room.held_back(who, room.work("assess_risk", answers={"harm_flags": ["DA"]}))
    assert "advanced" in room.held_back(who, room.work("assess_risk", answers={"harm_flags": []}, harm_flags=["DA"]))


def test_a_run_that_never_asked_is_told_by_the_assessment_or_else_by_the_referral(room: Room) -> None:
    who = room.train("facilitator", 2)
    work = room.work("contact_young_person")
    work.run.variables = {}
    db.session.commit()
    assert room.held_back(who, work) == ""
    told = {"harm_flags": ["EXPLOITATION"]}
    kept(Referral(case_id=room.case.id, received_at=NOW, answers=told))
    assert "exploitation" in room.held_back(who, work)
    kept(an_assessment(room.case, None, None, None, detail={"inputs": {"harm_flags": ["DEATH"]}}))
    assert "bereavement" in room.held_back(who, work)


def test_a_case_for_which_the_decision_has_no_row_goes_to_the_most_experienced(room: Room) -> None:
    work = room.work("assess_risk", harm_flags=["SOMETHING_NEW"])
    assert "advanced" in room.held_back(room.train("facilitator", 2), work)
    assert "sensitive" in room.held_back(room.train("facilitator", 3), work)


@pytest.mark.parametrize(
    ("effect", "facts", "needs_two"),
    [
        ("deliver_letter", {}, False),
        ("deliver_letter", {"harm_flags": ["SA"]}, True),
        ("deliver_direct", {"child_party": "under_16"}, True),
        ("deliver_direct", {"harm_flags": ["HATE"]}, True),
        ("contact_harmer", {"harm_flags": ["SA"]}, False),
        ("deliver_apvc_parent", {"harm_flags": ["HATE"]}, False),
        ("deliver_apvc_parallel", {"harm_flags": ["SA"]}, True),
        ("deliver_apvc_joint", {"harm_flags": ["HATE"]}, True),
        ("deliver_mediation_shuttle", {"harm_flags": ["HATE"]}, False),
        ("deliver_mediation_shuttle", {"complexity": "complex", "harm_flags": ["HATE"]}, True),
    ],
)
def test_an_exchange_of_a_sensitive_case_needs_two(
    room: Room, effect: str, facts: dict[str, Any], needs_two: bool
) -> None:
    by = room.train("facilitator", 3, "sexual_harm")
    if needs_two:
        with pytest.raises(InvalidAnswers) as refusal:
            room.second(room.work(effect, **facts), by)
        assert refusal.value.messages == {
            "co_facilitator": ["Say who the second facilitator was. This case needs two."]
        }
    else:
        room.second(room.work(effect, **facts), by)


def test_a_step_drawn_for_two_needs_two_in_any_case(room: Room) -> None:
    by, other = room.train("facilitator", 2), room.train("facilitator2", 2)
    drawn = {"facilitators": "2"}
    with pytest.raises(InvalidAnswers):
        room.second(room.work("contact_harmer", properties=drawn), by)
    room.second(room.work("contact_harmer", properties=drawn, answers={"second_mediator": str(other)}), by)


@pytest.mark.parametrize(
    ("who", "level", "days", "message"),
    [
        ("facilitator", 3, {}, "Say who the second facilitator was"),
        ("facilitator2", 1, {}, "trained at intermediate level or above"),
        ("facilitator2", 2, {"supervision_on": None}, "supervision is not in date"),
        ("facilitator2", 2, {}, ""),
        ("facilitator.west", 2, {}, ""),
    ],
)
def test_the_second_is_another_colleague_at_least_intermediate_and_in_date(
    room: Room, who: str, level: int, days: dict[str, Any], message: str
) -> None:
    by, second = room.train("facilitator", 3, "sexual_harm"), room.train(who, level, **days)
    work = room.work("deliver_letter", harm_flags=["SA"], answers={"co_facilitator": str(second)})
    if message:
        with pytest.raises(InvalidAnswers) as refusal:
            room.second(work, by)
        assert message in refusal.value.messages["co_facilitator"][0]
    else:
        room.second(work, by)


@pytest.mark.parametrize("told", ["nobody", "00000000-0000-4000-8000-000000000000"])
def test_a_second_whom_nobody_knows_is_none(room: Room, told: str) -> None:
    by = room.train("facilitator", 3, "sexual_harm")
    for second in (told, str(room.product.actor("facilitator.sample").id)):
        with pytest.raises(InvalidAnswers):
            room.second(room.work("deliver_letter", harm_flags=["SA"], answers={"co_facilitator": second}), by)


@pytest.mark.parametrize("record", ["allocation", "handover"])
def test_a_case_is_given_only_to_a_facilitator_who_may_lead_one_like_it(room: Room, record: str) -> None:
    def given_to(who: uuid.UUID, **facts: Any) -> str:
        told = {"lane": "coordinator", "properties": {"record": record}, "answers": {"facilitator": str(who)}}
        try:
            qualified.require_for_case(room.product.session, room.work(**told, **facts), NOW)
        except InvalidAnswers as refusal:
            return refusal.messages["facilitator"][0]
        return ""

    who = room.train("facilitator2", 2)
    assert given_to(who) == ""
    assert given_to(uuid.uuid4(), harm_flags=["SA"]) == "", "the keeper refuses a stranger"
    assert given_to(who, harm_flags=["SA"]) == (
        "This case needs somebody trained at advanced level, with the module sexual harm in date."
        " Fraser Invented's level is intermediate. Fraser Invented has not sexual harm in date."
    )
    room.train("facilitator2", 3, "sexual_harm", supervision_on=None)
    assert "Fraser Invented's last supervision is not recorded" in given_to(who, harm_flags=["SA"])
    room.train("facilitator2", 3, "sexual_harm")
    assert given_to(who, harm_flags=["SA"]) == ""


def test_who_is_not_trained_for_a_task_can_neither_take_nor_be_given_nor_finish_it(
    sqlite_product: Product,
) -> None:
    product = sqlite_product
    lapsed: dict[str, Any] = {
        "level": 3,
        "modules": {},
        "supervision_on": clock.today() - timedelta(weeks=13),
        "observed_on": None,
    }
    task, form, offered_to = a_sensitive_task(product)
    assert offered_to == product.actor("facilitator").id
    product.do(ReleaseTask, "facilitator", task_id=task)
    for who in ("facilitator", "facilitator2"):
        product.do(RecordCompetence, "lead", staff_id=product.actor(who).id, **lapsed)
    with pytest.raises(NotTrainedForThis) as refusal:
        product.do(ClaimTask, "facilitator", task_id=task)
    assert refusal.value.sentence.startswith("This case is sensitive")
    with pytest.raises(NotTrainedForThis) as refusal:
        product.do(AssignTask, "lead", task_id=task, to=product.actor("facilitator2").id)
    assert "Fraser Invented's last supervision" in refusal.value.sentence
    with pytest.raises(NotTrainedForThis):
        product.do(CompleteTask, "facilitator", task_id=task, answers=typical(form))
    product.do(ClaimTask, "lead", task_id=task)
    (after,) = product.do(CompleteTask, "lead", task_id=task, answers=typical(form))["next_tasks"]
    assert (after["lane"], after["assignee"]) == ("facilitator", None), "it is not offered to whoever may not have it"
    supervised = {**lapsed, "supervision_on": clock.today(), "observed_on": clock.today()}
    product.do(RecordCompetence, "lead", staff_id=product.actor("facilitator").id, **supervised)
    product.do(AssignTask, "lead", task_id=uuid.UUID(after["id"]), to=product.actor("facilitator").id)
