"""A case is closed for a reason that its service offers, in the words of that day, counted as the product counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import select

from rj_engine import bpmn, clock
from rj_engine.cases import closure, reasons
from rj_engine.cases.case import Case
from rj_engine.cases.closure import Closure, NotWhatHappened
from rj_engine.cases.lists import REASONS
from rj_engine.cases.reasons import ReasonNotOffered
from rj_engine.database import db
from rj_engine.forms import InvalidAnswers, parse, validate
from rj_engine.workflows.studio.list_approving import StandOnList
from tests.cases.test_records import NOW, Room
from tests.places import Product
from tests.studio.drawing import MANAGER
from tests.studio.listing import a_list, added, kept, published

DECLINED = "harmer_declined"
RJ = "victim_initiated_rj"


@pytest.fixture
def room(sqlite_product: Product) -> Iterator[Room]:
    with clock.at(NOW):
        yield Room(sqlite_product)


def closed(room: Room) -> str:
    """Close the case as the end of its last run does; the reason."""
    session = db.session()
    reason = closure.close(session, session.get_one(Case, room.identity), clock.now())
    session.commit()
    return reason


def answers(reason: str) -> Mapping[str, Any]:
    return {"closure_reason": reason}


def test_the_form_takes_a_reason_of_the_services_own_and_no_other_odd_word() -> None:
    form = parse(bpmn.forms()["close_case"])
    with pytest.raises(InvalidAnswers) as refusal:
        validate(form, answers("words of ours"), {})
    assert "closure_reason" in refusal.value.messages
    with pytest.raises(InvalidAnswers) as other:
        validate(form, answers("words_of_ours"), {})
    assert "closure_reason" not in other.value.messages


def test_own_reasons_are_offered_where_their_category_is_drawn_and_retired_ones_nowhere(product: Product) -> None:
    draft = a_list(product, REASONS)
    own = added(product, draft, "Said no after reading the letter", DECLINED)
    kept(product, draft, "rehub_refused", offered=False)
    kept(product, draft, "died", label="Somebody taking part has died")
    published(product, draft)
    known = reasons.known(product.session, product.actor(MANAGER).service_id, clock.now())
    options = parse(bpmn.forms()["close_case"]).fields["closure_reason"].options
    drawn = {option.value: option.label for option in options}

    offered = [one.key for one in reasons.offered(known, RJ, drawn)]

    assert offered.index(own) == offered.index(DECLINED) + 1
    assert set(offered) == {*drawn, own} - {"rehub_refused"}
    assert own not in [one.key for one in reasons.offered(known, "mediation", drawn)]
    assert reasons.chosen(known, own, RJ).counted_as == DECLINED
    for reason, pathway in (("rehub_refused", RJ), (own, "mediation"), ("never_heard_of", RJ), ("", RJ)):
        with pytest.raises(ReasonNotOffered):
            reasons.chosen(known, reason, pathway)


def test_a_closed_case_keeps_the_words_and_the_category_of_its_day(room: Room) -> None:
    draft = a_list(room.product, REASONS)
    own = added(room.product, draft, "Said no after reading the letter", DECLINED)
    published(room.product, draft)
    room.keep({"record": "closure"}, closure_reason=own)

    assert closed(room) == own
    again = a_list(room.product, REASONS)
    kept(room.product, again, own, label="Said no, letter read", offered=False)
    published(room.product, again)

    room.product.session.expire_all()
    case = room.case
    told = (case.status, case.closure_reason, case.closure_words, case.closure_category)
    assert told == ("closed", own, "Said no after reading the letter", DECLINED)
    with pytest.raises(ReasonNotOffered):
        room.keep({"record": "closure"}, closure_reason=own)


def test_a_case_ends_in_the_words_a_strand_was_closed_with_though_the_list_was_put_back_since(room: Room) -> None:
    draft = a_list(room.product, REASONS)
    own = added(room.product, draft, "Said no after reading the letter", DECLINED)
    published(room.product, draft)
    room.keep({"record": "closure"}, closure_reason=own)
    room.product.do(StandOnList, MANAGER, what=REASONS, number=0)

    assert closed(room) == own

    room.product.session.expire_all()
    told = (room.case.closure_words, room.case.closure_category)
    assert told == ("Said no after reading the letter", DECLINED)


def test_what_was_noted_before_its_words_were_kept_ends_in_the_words_of_the_list(room: Room) -> None:
    room.keep({"record": "closure"}, closure_reason=DECLINED)
    room.product.session.scalars(select(Closure)).one().words = None
    room.product.session.commit()

    assert closed(room) == DECLINED
    room.product.session.expire_all()
    assert (room.case.closure_words, room.case.closure_category) == ("The harmer said no", DECLINED)


def test_an_outcome_by_another_name_still_needs_what_its_category_needs(room: Room) -> None:
    draft = a_list(room.product, REASONS)
    own = added(room.product, draft, "A letter was read aloud", "completed_letter")
    published(room.product, draft)

    with pytest.raises(NotWhatHappened):
        room.keep({"record": "closure"}, closure_reason=own, effects={"contact_victim"})
    room.keep({"record": "closure"}, closure_reason=own, effects={"deliver_letter"})
    room.keep({"record": "closure"}, closure_reason="victim_withdrew")

    noted = closure.of_case(room.product.session, room.identity)
    assert noted is not None
    assert (noted.reason, noted.category) == (own, "completed_letter")


def test_a_case_without_any_reason_ends_with_the_one_that_always_stays(room: Room) -> None:
    assert closed(room) == reasons.ALWAYS
    assert room.case.closure_category == reasons.ALWAYS
