"""What a finished task leaves in the case: consents, contacts, who works it, why it closed, and who may see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from rj_engine import bpmn, clock
from rj_engine.cases import case as cases
from rj_engine.cases import closure, consent, contact, queries, records
from rj_engine.cases.allocation import NoSuchColleague
from rj_engine.cases.case import Case, NotFound, Strand
from rj_engine.cases.closure import Closure, NotWhatHappened
from rj_engine.clock import Period
from rj_engine.database import db
from rj_engine.ledger import Entry
from tests.builders import FinishedTask, a_case, a_run
from tests.places import Product

NOW = datetime(2026, 6, 10, 22, 30, tzinfo=UTC)
"""Half past eleven in London."""
CONSENT = {"record": "consent", "consent_party": "harmer"}


class Room:
    """One case and its people."""

    def __init__(self, product: Product) -> None:
        self.product, self.identity = product, a_case(product).id

    @property
    def case(self) -> Case:
        return self.product.session.get_one(Case, self.identity)

    def keep(self, properties: Mapping[str, str], who: str = "facilitator", **answers: Any) -> list[Entry]:
        effects = frozenset(answers.pop("effects", ()))
        run = a_run(self.case).id if properties.get("record") == "closure" else self.identity
        finished = FinishedTask(self.case, self.product.actor(who), answers, properties, effects=effects, run_id=run)
        entries = records.keep(finished.told())
        db.session.commit()
        return entries

    def current(self, day: date = date(2026, 6, 10)) -> set[tuple[str, str]]:
        return set(consent.current(self.product.session, Strand(self.identity), day))


@pytest.fixture
def room(sqlite_product: Product) -> Iterator[Room]:
    with clock.at(NOW):
        yield Room(sqlite_product)


def test_each_scope_agreed_to_stands_for_twelve_weeks(room: Room) -> None:
    (entry,) = room.keep(CONSENT, consent_given="yes", consent_scopes=["hold_record", "participate_letter"])
    assert entry.tag == "case:consent:recorded"
    wanted = {("harmer", "hold_record"), ("harmer", "participate_letter")}
    assert room.current() == wanted
    assert room.current(date(2026, 9, 2)) == wanted
    assert room.current(date(2026, 9, 3)) == set()
    assert {row.method for row in consent.history(room.product.session, room.identity)} == {"not recorded"}


def test_consent_counts_from_the_day_it_was_given_and_by_the_pathway_s_clock(room: Room) -> None:
    finished = FinishedTask(
        room.case,
        room.product.actor("facilitator"),
        properties={"record": "consent", "party": "victim"},
        answers={"consent_given": "yes", "consent_scopes": ["hold_record"], "consent_given_on": "2026-06-01"},
        periods={"consent_expiry": Period(2, "weeks")},
    )
    records.keep(finished.told())
    db.session.commit()
    (row,) = consent.history(room.product.session, room.identity)
    assert (row.party, row.given_on, row.expires_on) == ("victim", date(2026, 6, 1), date(2026, 6, 15))


def test_a_later_word_takes_the_place_of_an_earlier_one(room: Room) -> None:
    room.keep(CONSENT, consent_given="yes", consent_scopes=["hold_record", "participate_letter"])
    room.keep(CONSENT, consent_given="yes", consent_scopes=["participate_letter"], consent_method="call")
    assert room.current() == {("harmer", "hold_record"), ("harmer", "participate_letter")}
    standing = [row for row in consent.history(room.product.session, room.identity) if row.withdrawn_at is None]
    assert sorted((row.scope, row.method) for row in standing) == [
        ("hold_record", "not recorded"),
        ("participate_letter", "call"),
    ]


def test_a_no_ends_what_it_is_about_and_a_plain_no_ends_all(room: Room) -> None:
    room.keep(CONSENT, consent_given="yes", consent_scopes=["hold_record", "participate_letter"])
    (entry,) = room.keep(CONSENT, consent_given="no", consent_scopes=["participate_letter"])
    assert entry.detail["scopes"] == ["participate_letter"]
    assert room.current() == {("harmer", "hold_record")}
    room.keep(CONSENT, consent_given="no")
    assert room.current() == set()


def test_one_party_s_no_leaves_the_other_party_s_word_alone(room: Room) -> None:
    room.keep(CONSENT, consent_given="yes", consent_scopes=["hold_record"])
    room.keep({"record": "consent"}, consent_given="no")
    assert room.current() == {("harmer", "hold_record")}


def test_a_contact_is_filed_with_its_promise(room: Room) -> None:
    room.keep(
        {"record": "contact", "party": "harmer"},
        contact_channel="call",
        contact_result="spoke",
        contact_words="She listened.",
        next_promise="Ring again",
        next_promise_on="2026-06-17",
    )
    room.keep({"record": "contact"})
    full = next(row for row in contact.log(room.product.session, room.identity) if row.channel == "call")
    assert (full.party, full.result, full.words, full.promise) == ("harmer", "spoke", "She listened.", "Ring again")
    assert full.promised_on == date(2026, 6, 17)
    bare = next(row for row in contact.log(room.product.session, room.identity) if row.channel != "call")
    assert (bare.party, bare.words, bare.promise, bare.promised_on) == ("victim", None, None, None)


def test_a_case_is_given_to_a_facilitator_of_its_own_team(room: Room) -> None:
    room.keep({"record": "allocation"}, "lead", facilitator=str(room.product.actor("facilitator").id))
    assert room.case.facilitator_id == room.product.actor("facilitator").id


@pytest.mark.parametrize("who", ["facilitator.west", "facilitator.sample", "coordinator", "nobody", None])
def test_a_case_is_given_to_nobody_else(room: Room, who: str | None) -> None:
    known = who not in {"nobody", None}
    chosen = str(room.product.actor(str(who)).id) if known else who
    with pytest.raises(NoSuchColleague):
        room.keep({"record": "allocation"}, "lead", facilitator=chosen)
    assert room.case.facilitator_id is None


def why(room: Room) -> str | None:
    noted = closure.of_case(room.product.session, room.identity)
    return noted.reason if noted else None


def test_the_reason_for_closing_waits_for_the_end(room: Room) -> None:
    room.keep({"record": "closure"}, closure_reason="victim_withdrew")
    assert why(room) == "victim_withdrew"
    assert (room.case.closure_reason, room.case.status) == (None, "open")


def test_a_case_with_an_outcome_for_one_victim_ends_with_that_outcome(room: Room) -> None:
    room.keep({"record": "closure"}, closure_reason="completed_letter", effects={"deliver_letter"})
    room.keep({"record": "closure"}, closure_reason="victim_withdrew")
    assert why(room) == "completed_letter"


def test_a_case_is_not_closed_for_what_did_not_take_place_in_it(room: Room) -> None:
    needing = {
        key: told["requires_effect"] for key, told in bpmn.closure_reasons().items() if "requires_effect" in told
    }
    assert needing
    for reason, effect in needing.items():
        with pytest.raises(NotWhatHappened):
            room.keep({"record": "closure"}, closure_reason=reason, effects={"contact_victim"})
        room.keep({"record": "closure"}, closure_reason=reason, effects={effect})
        noted = select(Closure.reason).where(Closure.case_id == room.identity)
        assert reason in set(room.product.session.scalars(noted))


def test_a_task_without_a_record_leaves_none(room: Room) -> None:
    assert room.keep({}) == []
    assert room.keep({"record": "nothing we know"}) == []
    assert {"consent", "contact", "allocation", "closure"} <= records.kinds()


def test_a_case_is_seen_by_its_team_and_by_leads_of_its_service(room: Room) -> None:
    session, reference = room.product.session, room.case.reference
    for who in ("facilitator", "coordinator", "lead", "lead.west", "service_manager"):
        assert cases.find(session, room.product.actor(who), f" {reference.lower()} ").id == room.identity
    for who in ("facilitator.west", "lead.sample", "auditor", "referrer"):
        with pytest.raises(NotFound):
            cases.find(session, room.product.actor(who), reference)
    with pytest.raises(NotFound):
        cases.find(session, room.product.actor("lead"), "EC-NOBODY")


def test_a_reference_is_short_speakable_and_tells_no_number() -> None:
    made = {cases.new_reference("EC") for _ in range(500)}
    assert len(made) == 500
    assert all(len(one) == 9 and set(one[3:]) <= set(cases.LETTERS) for one in made)


def test_a_case_file_reckons_by_the_day_in_london(room: Room) -> None:
    room.keep(CONSENT, consent_given="yes", consent_scopes=["hold_record"])
    later = datetime(2026, 9, 2, 22, 59, tzinfo=UTC)
    by, reference = room.product.actor("lead"), room.case.reference
    for moment, stands in ((later, True), (later + timedelta(minutes=2), False)):
        file = queries.case_file(room.product.session, by, reference, moment)
        assert [file.standing(given) for given in file.consents] == [stands]


def test_cases_are_listed_newest_first_a_page_at_a_time(sqlite_product: Product) -> None:
    made = []
    for number in range(queries.PAGE + 3):
        with clock.at(NOW + timedelta(minutes=number)):
            made.append(a_case(sqlite_product).reference)
    by = sqlite_product.actor("facilitator")
    first, cursor = queries.page(sqlite_product.session, by)
    second, end = queries.page(sqlite_product.session, by, cursor=cursor)
    assert [row.reference for row in (*first, *second)] == made[::-1]
    assert (len(first), len(second), end) == (queries.PAGE, 3, None)
    assert queries.page(sqlite_product.session, by, query=made[0].lower())[0][0].reference == made[0]
    assert queries.page(sqlite_product.session, by, state="closed") == ([], None)
    assert queries.page(sqlite_product.session, sqlite_product.actor("facilitator.west"), state="all") == ([], None)
    with pytest.raises(queries.NoSuchState):
        queries.page(sqlite_product.session, by, state="lost")
