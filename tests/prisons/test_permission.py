"""No approach in custody without the yes of the place where they are now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from rj_engine import clock
from rj_engine.cases import records
from rj_engine.cases.case import Case, Party, Strand
from rj_engine.database import db
from rj_engine.demonstration import journeys, telling
from rj_engine.ledger import Entry
from rj_engine.prisons import answers, custody, permission, requests
from rj_engine.prisons.requests import PrisonRequest
from rj_engine.prisons.shapes import RecordDoesNotFit
from tests.builders import FinishedTask, a_case, kept
from tests.places import Product

NOW = datetime(2024, 3, 4, 9, 0, tzinfo=UTC)
TODAY = date(2024, 3, 4)
ACCESS = "access granted by the prison where they are now"
EVENT = "permission for the event by the prison where they are now"
ON_THE_DAY = "permission for the event on this day"
FORMS = {
    "custody": "prison_place",
    "prison_request": "prison_request",
    "prison_delivery": "prison_delivery",
    "prison_chase": "prison_chase",
    "prison_answer": "prison_reply",
    "prison_conditions": "prison_conditions",
    "prison_review": "prison_review",
    "prison_choice": "prison_choice",
    "prison_clearances": "prison_clearances",
    "prison_booking": "prison_booking",
}
Keep = Callable[..., list[Entry]]
ROOMS = (answers, custody, requests)
"""Imported, so that their keepers are known."""


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """A Monday in March."""
    with clock.at(NOW):
        yield


@pytest.fixture
def case(product: Product) -> Case:
    """A bare case."""
    return a_case(product)


@pytest.fixture
def keep(product: Product, case: Case) -> Keep:
    """Keeps the record of a task finished with an ordinary day's answers, changed."""
    by = product.actor("lead")

    def keep_one(kind: str, request_kind: str = "access", form: str = "", **changed: Any) -> list[Entry]:
        usual = telling.typical_answers()[form or FORMS[kind]]
        told = {key: journeys.on_the_day(value) for key, value in {**usual, **changed}.items() if value is not None}
        known = {"request_kind": request_kind, "prison_route": "direct_omu", "ladder_rung": 5}
        finished = FinishedTask(case, by, told, {"record": kind}, known)
        entries = records.keep(finished.told())
        db.session.flush()
        return entries

    return keep_one


def asked(keep: Keep, request_kind: str = "access", **answer: Any) -> None:
    """Ask where they are now, and be answered."""
    keep("prison_request", request_kind)
    keep("prison_delivery", request_kind)
    keep("prison_answer", request_kind, **answer)


def missing(case: Case, effect: str, on: date = TODAY) -> list[str]:
    return permission.missing(db.session(), Strand(case.id), effect, on)


def test_somebody_who_is_not_in_custody_needs_no_prison(case: Case, keep: Keep) -> None:
    assert missing(case, "contact_harmer") == []
    keep("custody", custody_place="community", prison_kind=None, prison_code=None, prisoner_number=None)

    assert missing(case, "contact_harmer") == []
    assert not custody.in_custody(db.session(), case.id)
    keep("custody", custody_place="community", prison_kind=None, prison_code=None, prisoner_number=None)
    assert len(custody.stays(db.session(), case.id)) == 1
    with clock.at(NOW + timedelta(days=1)):
        keep("custody")
    assert missing(case, "contact_harmer") == [ACCESS]


@pytest.mark.parametrize("effect", sorted(permission.APPROACHES - permission.EVENTS))
def test_nobody_in_custody_is_approached_before_the_prison_has_said_yes(case: Case, keep: Keep, effect: str) -> None:
    keep("custody")
    assert missing(case, effect) == [ACCESS]
    keep("prison_request")
    keep("prison_delivery")
    assert missing(case, effect) == [ACCESS]
    keep("prison_answer")

    assert missing(case, effect) == []


@pytest.mark.parametrize("effect", ["contact_victim", "assess_risk", "prison_request", "aftercare"])
def test_what_does_not_reach_them_asks_no_prison(case: Case, keep: Keep, effect: str) -> None:
    keep("custody")

    assert missing(case, effect) == []


@pytest.mark.parametrize("effect", sorted(permission.EVENTS))
def test_an_event_needs_its_own_yes_and_its_day(case: Case, keep: Keep, effect: str) -> None:
    keep("custody")
    asked(keep)
    assert missing(case, effect) == [EVENT]
    asked(keep, "event")
    assert missing(case, effect) == [EVENT], "agreed, and not booked"
    keep("prison_booking", "event", event_on="2024-03-25")

    assert missing(case, effect) == [ON_THE_DAY]
    assert missing(case, effect, date(2024, 3, 25)) == []


def test_a_booking_that_fell_through_is_no_permission(case: Case, keep: Keep) -> None:
    keep("custody")
    asked(keep)
    asked(keep, "event")
    keep("prison_booking", "event", event_on="2024-03-04")
    assert missing(case, "deliver_direct") == []
    keep("prison_booking", "event", booking_result="fell_through", event_on=None, booking_late="yes")

    assert missing(case, "deliver_direct") == [EVENT]
    row = db.session.scalars(select(PrisonRequest).where(PrisonRequest.kind == "event")).one()
    assert row.event_fell_through == "not_given late"


def test_a_move_makes_every_earlier_yes_void(case: Case, keep: Keep) -> None:
    keep("custody")
    asked(keep)
    with clock.at(NOW + timedelta(days=1)):
        keep("custody", prison_code="EYI")
        assert missing(case, "contact_harmer") == [ACCESS]
        asked(keep)

    assert missing(case, "contact_harmer") == []


def test_going_back_to_a_place_that_once_said_yes_is_a_new_stay(case: Case, keep: Keep) -> None:
    keep("custody")
    asked(keep)
    for days, place in ((1, "EYI"), (2, "MSI")):
        with clock.at(NOW + timedelta(days=days)):
            keep("custody", prison_code=place)

    assert missing(case, "contact_harmer") == [ACCESS]
    assert len(custody.stays(db.session(), case.id)) == 3


def test_from_the_moment_a_move_is_told_nothing_stands_until_the_place_is_known(case: Case, keep: Keep) -> None:
    keep("custody")
    asked(keep)
    custody.leave(db.session(), case.id, NOW + timedelta(hours=1))

    assert custody.in_custody(db.session(), case.id)
    assert missing(case, "contact_harmer") == [ACCESS]


def test_confirming_the_same_place_keeps_what_was_agreed(case: Case, keep: Keep) -> None:
    keep("custody")
    asked(keep)
    with clock.at(NOW + timedelta(days=30)):
        entries = keep("custody", prisoner_number=None)

    assert [entry.tag for entry in entries] == ["case:custody:confirmed"]
    assert missing(case, "contact_harmer") == []
    stay = custody.stay(db.session(), case.id)
    assert stay is not None
    assert stay.confirmed_on == date(2024, 4, 3)
    assert stay.detail["number"] == "A0000AA"


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (("other", "The Old Hall"), ("other", "the old  hall"), True),
        (("other", "The Old Hall"), ("other", "The New Hall"), False),
        (("not_known", None), ("not_known", None), False),
        (("MSI", None), ("not_known", None), False),
    ],
)
def test_a_place_is_the_same_only_when_its_name_is(
    case: Case, keep: Keep, first: tuple[str, str], second: tuple[str, str], same: bool
) -> None:
    keep("custody", prison_code=first[0], prison_other=first[1])
    asked(keep)
    with clock.at(NOW + timedelta(days=1)):
        keep("custody", prison_code=second[0], prison_other=second[1])

    assert (missing(case, "contact_harmer") == []) is same


def test_a_release_that_is_confirmed_lets_the_gate_look_elsewhere(case: Case, keep: Keep) -> None:
    keep("custody")
    custody.leave(db.session(), case.id, NOW + timedelta(hours=1))
    with clock.at(NOW + timedelta(days=1)):
        keep("custody", form="prison_release", licence_no_contact="yes")

    assert missing(case, "contact_harmer") == []
    stay = custody.stay(db.session(), case.id)
    assert stay is not None
    assert stay.licence_no_contact == "yes"


def test_a_release_that_did_not_happen_leaves_them_in_custody(case: Case, keep: Keep) -> None:
    keep("custody")
    asked(keep)
    with clock.at(NOW + timedelta(days=1)):
        keep("custody", form="prison_release", prison_outcome="still_in_custody", released_on=None)

    assert missing(case, "contact_harmer") == [ACCESS]


@pytest.mark.parametrize(("fit", "absent"), [("yes", []), ("no", [ACCESS])])
def test_conditions_count_only_when_they_fit_the_signed_assessment(
    case: Case, keep: Keep, fit: str, absent: list[str]
) -> None:
    keep("custody")
    asked(keep, prison_outcome="granted_conditions", prison_conditions="Two officers.\nOne hour.")
    assert missing(case, "contact_harmer") == [ACCESS]
    keep("prison_conditions", conditions_fit=fit, conditions_list="Two officers.\nOne hour.")

    assert missing(case, "contact_harmer") == absent
    assert requests.history(db.session(), case.id)[0].detail["conditions"] == ["Two officers.", "One hour."]


def test_a_later_refusal_takes_an_earlier_yes_back(case: Case, keep: Keep) -> None:
    keep("custody")
    asked(keep)
    with clock.at(NOW + timedelta(days=3)):
        asked(keep, prison_outcome="refused", prison_reason_code="security_refused")

    assert missing(case, "contact_harmer") == [ACCESS]


def test_asking_once_more_does_not_take_back_what_stands(case: Case, keep: Keep) -> None:
    keep("custody")
    asked(keep)
    with clock.at(NOW + timedelta(days=3)):
        keep("prison_request")

    assert missing(case, "contact_harmer") == []


def test_what_was_agreed_for_one_victim_is_not_agreed_for_another(case: Case, keep: Keep) -> None:
    other = Party(case_id=case.id, role="direct_victim", wall="V", name="Ash", contact={})
    kept(other)
    keep("custody")
    asked(keep)

    assert permission.access_granted(db.session(), Strand(case.id))
    assert not permission.access_granted(db.session(), Strand(case.id, other.id))


def test_everything_the_service_must_be_able_to_say_is_kept(case: Case, keep: Keep) -> None:
    keep("custody")
    keep("prison_request", victim_told_on="today")
    keep("prison_delivery", delivery_result="bounced", request_delivered_on=None, delivery_proof=None)
    row = requests.newest(db.session(), Strand(case.id), "access")
    assert row is not None
    assert (row.failed, row.delivered_on) == ("bounced", None)
    keep("prison_delivery")
    keep("prison_chase", chase_result="acknowledged", victim_updated="yes")
    keep("prison_chase", chase_result="promised", hold_until="2024-03-20", chase_reason_code="rehub_queue")
    keep("prison_answer", prison_outcome="deferred", hold_until="2024-03-27", prison_reason_code="parole_timing")
    keep("prison_answer", prison_outcome="refused", prison_decided_by="rehub", prison_reason_code="rehub_refused_risk",
         prison_reason_words="Too risky.", prison_in_writing="no", prison_consulted="no")  # fmt: skip
    keep("prison_review", review_alternatives=["indirect", "live_video"])
    keep("prison_choice", prison_outcome="victim_indirect")
    keep("prison_clearances", clearance_result="refused", clearance_reason_code="vetting_delay")

    db.session.expire_all()
    assert (row.establishment, row.route, row.sent_to, row.sent_on) == ("MSI", "direct_omu", "pom", TODAY)
    assert (row.delivered_on, row.acknowledged_on, row.promised_on) == (TODAY, TODAY, date(2024, 3, 27))
    assert [(one["rung"], one["result"], one["reason"]) for one in row.chases] == [
        (5, "acknowledged", "no_reply"),
        (5, "promised", "rehub_queue"),
        (5, "promised", "parole_timing"),
    ]
    assert (row.decision, row.in_writing, row.consulted) == ("refused", "no", "no")
    assert (row.review_next, row.alternatives) == ("ask_again", ["indirect", "live_video"])
    assert (row.victim_choice, row.victim_asked_on, row.victim_told_on) == ("victim_indirect", TODAY, TODAY)
    assert (row.clearance, row.reason_code) == ("refused", "vetting_delay")
    assert row.detail["reason"] == "Too risky."


def test_a_step_before_any_request_is_kept_in_the_ledger_alone(keep: Keep) -> None:
    for kind in ("prison_delivery", "prison_chase", "prison_answer", "prison_conditions", "prison_review",
                 "prison_choice", "prison_clearances", "prison_booking"):  # fmt: skip
        assert keep(kind)

    assert db.session.scalars(select(PrisonRequest)).all() == []


def test_a_form_that_lost_a_question_a_record_needs_is_our_fault(keep: Keep) -> None:
    with pytest.raises(RecordDoesNotFit) as broken:
        keep("prison_request", request_sent_on=None)

    assert broken.value.context["fields"] == ["request_sent_on"]


def test_nothing_that_names_a_person_or_their_number_lies_open_in_the_database(case: Case, keep: Keep) -> None:
    keep("custody", prison_code="other", prison_other="Canary House", prisoner_number="CANARY7")
    keep("prison_request", request_contact="canary@example.org", request_reference="CANARYREF")
    keep("prison_answer", prison_outcome="refused", prison_reason_code="other", prison_reason_words="Canary words.")
    with_names = (
        db.session.execute(text("SELECT * FROM custody")),
        db.session.execute(text("SELECT * FROM prison_request")),
    )

    assert not [value for rows in with_names for row in rows for value in row if "canary" in str(value).lower()]


def test_the_ledger_never_says_which_prison(case: Case, keep: Keep) -> None:
    told = [*keep("custody"), *keep("prison_request"), *keep("prison_answer"), *keep("prison_chase")]

    assert told
    assert not [entry for entry in told if "MSI" in repr(entry.detail)]
