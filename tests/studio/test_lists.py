"""Reasons to close and partners as dated lists of a service: written by one person, published by another."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from rj_engine import bpmn, clock
from rj_engine.cases import lists, partners, reasons
from rj_engine.cases.lists import PARTNERS, REASONS
from rj_engine.commands import NotAllowed
from rj_engine.workflows.studio import list_changes, list_drafts
from rj_engine.workflows.studio.approving import NeverStood, NotSecondPerson, NotSubmitted
from rj_engine.workflows.studio.drafting import DraftClosed, FileRefused
from rj_engine.workflows.studio.list_approving import ApproveList, StandOnList
from rj_engine.workflows.studio.list_drafts import (
    AddRow,
    DropList,
    KeepRow,
    RemoveRow,
    RowMoved,
    StartList,
    SubmitList,
    TakeBackList,
)
from tests.places import Product
from tests.studio.drawing import MANAGER, SAFEGUARDING
from tests.studio.listing import A_PARTNER, a_list, added, kept, published, row

DECLINED = "harmer_declined"


def codes(product: Product, draft: uuid.UUID) -> set[str]:
    return {one.code for one in list_drafts.noted(product.session, row(product, draft), clock.now())}


def service(product: Product) -> uuid.UUID:
    return product.actor(MANAGER).service_id


def test_a_list_begins_with_what_the_product_brings_and_nothing_is_wrong_with_it(product: Product) -> None:
    draft = a_list(product, REASONS)

    assert row(product, draft).content["rows"].keys() == bpmn.closure_reasons().keys()
    assert codes(product, draft) == set()
    assert product.do(StartList, MANAGER, what=REASONS) == {"draft": str(draft), "new": False}


def test_a_reworded_reason_holds_from_the_day_a_second_person_published_it(product: Product) -> None:
    draft = a_list(product, REASONS)
    kept(product, draft, DECLINED, label="They chose not to take part")
    before = clock.now() - timedelta(minutes=1)

    assert published(product, draft) == 1

    session = product.session
    assert reasons.known(session, service(product), clock.now())[DECLINED].label == "They chose not to take part"
    assert reasons.known(session, service(product), before)[DECLINED].label == "The harmer said no"
    version = lists.every(session, service(product), REASONS)[0]
    assert version.checksum == lists.checksum_of(version.rows)


def test_no_author_publishes_their_own_list(product: Product) -> None:
    draft = a_list(product, REASONS)
    kept(product, draft, DECLINED, label="They chose not to take part")
    edition = row(product, draft).edition
    product.do(SubmitList, MANAGER, draft_id=draft, edition=edition, stands_from=clock.today())

    with pytest.raises(NotSecondPerson):
        product.do(ApproveList, MANAGER, draft_id=draft, edition=edition)
    with pytest.raises(NotSubmitted):
        product.do(ApproveList, SAFEGUARDING, draft_id=draft, edition=edition - 1)
    with pytest.raises(NotAllowed):
        product.do(ApproveList, "lead", draft_id=draft, edition=edition)
    with pytest.raises(DraftClosed):
        kept(product, draft, DECLINED, label="Another")
    product.do(TakeBackList, MANAGER, draft_id=draft)
    kept(product, draft, DECLINED, label="Another")


def test_a_list_of_tomorrow_does_not_stand_today(product: Product) -> None:
    draft = a_list(product, REASONS)
    kept(product, draft, DECLINED, label="They chose not to take part")
    edition, tomorrow = row(product, draft).edition, clock.today() + timedelta(days=1)
    product.do(SubmitList, MANAGER, draft_id=draft, edition=edition, stands_from=tomorrow)
    product.do(ApproveList, SAFEGUARDING, draft_id=draft, edition=edition)

    known = reasons.known(product.session, service(product), clock.now())
    then = reasons.known(product.session, service(product), clock.now() + timedelta(days=2))
    assert (known[DECLINED].label, then[DECLINED].label) == ("The harmer said no", "They chose not to take part")


def test_an_earlier_list_stands_again_in_one_step(product: Product) -> None:
    for words in ("Once", "Twice"):
        draft = a_list(product, REASONS)
        kept(product, draft, DECLINED, label=words)
        published(product, draft)

    said = []
    for number in (1, 0, 2):
        product.do(StandOnList, MANAGER, what=REASONS, number=number)
        said.append(reasons.known(product.session, service(product), clock.now())[DECLINED].label)

    assert said == ["Once", "The harmer said no", "Twice"]
    for number in (2, 3):
        with pytest.raises(NeverStood):
            product.do(StandOnList, MANAGER, what=REASONS, number=number)


def test_a_draft_begins_from_the_version_to_come_and_loses_nothing_that_it_publishes(product: Product) -> None:
    draft = a_list(product, PARTNERS)
    first = added(product, draft, "Harbour", "housing", uses=["source"])
    published(product, draft)
    draft = a_list(product, PARTNERS)
    coming = added(product, draft, "Haven", "housing", uses=["source"])
    published(product, draft, in_days=10)

    draft = a_list(product, PARTNERS)

    assert set(row(product, draft).content["rows"]) == {first, coming}
    assert list_drafts.stands(product.session, service(product), PARTNERS, clock.now()).keys() == {first}
    with pytest.raises(FileRefused) as refusal:
        published(product, draft)
    assert [one.code for one in refusal.value.findings] == ["nothing_changed"]
    begun_before, session = row(product, draft), product.session
    begun_before.content = {"rows": {first: begun_before.content["rows"][first]}, "kept": {}}
    found = list_drafts.noted(session, begun_before, clock.now())
    assert [(one.code, one.element) for one in found] == [("partner_gone", coming)]


def test_what_was_published_comes_back_out_of_use_after_a_step_back(product: Product) -> None:
    draft = a_list(product, PARTNERS)
    key = added(product, draft, "Harbour", "housing", uses=["source"])
    published(product, draft)
    product.do(StandOnList, MANAGER, what=PARTNERS, number=0)

    draft = a_list(product, PARTNERS)

    assert [(one, told["active"]) for one, told in row(product, draft).content["rows"].items()] == [(key, False)]
    assert codes(product, draft) == set()
    kept(product, draft, key, active=True)
    published(product, draft)
    assert [one.key for one in partners.offered(product.session, service(product), "", clock.now())] == [key]


def test_only_what_no_later_decision_has_put_aside_is_to_come(product: Product) -> None:
    for words, in_days in (("One", 20), ("Two", 5), ("Three", 10)):
        draft = a_list(product, REASONS)
        kept(product, draft, DECLINED, label=words)
        published(product, draft, in_days=in_days)

    def to_come() -> list[int]:
        found = list_drafts.to_come(product.session, service(product), REASONS, clock.now())
        return [one.number for one in found]

    assert to_come() == [2, 3]
    draft = a_list(product, REASONS)
    kept(product, draft, DECLINED, label="Four")
    edition, day = row(product, draft).edition, clock.today() + timedelta(days=10)
    product.do(SubmitList, MANAGER, draft_id=draft, edition=edition, stands_from=day)
    aside = list_drafts.puts_aside(product.session, row(product, draft), clock.now())
    assert [one.number for one in aside] == [3]
    product.do(StandOnList, MANAGER, what=REASONS, number=0)
    assert to_come() == []


def test_a_reason_of_ones_own_counts_as_one_of_the_products(product: Product) -> None:
    draft = a_list(product, REASONS)
    key = added(product, draft, "Said no after reading the letter", DECLINED)
    published(product, draft)

    own = reasons.known(product.session, service(product), clock.now())[key]
    assert (own.counted_as, own.outcome, own.of_the_product) == (DECLINED, False, False)
    assert own.pathways == frozenset(bpmn.closure_reasons()[DECLINED]["pathways"])
    again = a_list(product, REASONS)
    with pytest.raises(FileRefused):
        product.do(RemoveRow, MANAGER, draft_id=again, key=key)
    fresh = added(product, again, "Said no at the door", DECLINED)
    product.do(RemoveRow, MANAGER, draft_id=again, key=fresh)
    assert fresh not in row(product, again).content["rows"]


@pytest.mark.parametrize(
    ("name", "of"), [("", DECLINED), ("   ", DECLINED), ("Other", "no_such"), ("Other", ""), ("١٢٣", DECLINED)]
)
def test_a_new_reason_needs_words_and_what_figures_count_it_as(sqlite_product: Product, name: str, of: str) -> None:
    draft = a_list(sqlite_product, REASONS)

    with pytest.raises(FileRefused):
        sqlite_product.do(AddRow, MANAGER, draft_id=draft, name=name, of=of)

    assert row(sqlite_product, draft).edition == 1


@pytest.mark.parametrize(
    ("key", "changed", "code"),
    [
        (DECLINED, {"label": ""}, "reason_words"),
        (DECLINED, {"label": "x" * 121}, "reason_words"),
        (DECLINED, {"label": "The victim said no"}, "reason_twice"),
        (DECLINED, {"decided_by": "somebody"}, "reason_decided"),
        (DECLINED, {"pathways": []}, "reason_nowhere"),
        (DECLINED, {"pathways": ["apvc"]}, "reason_pathway"),
        ("signposted", {"offered": False}, "reason_needed"),
        ("transferred_area", {"pathways": ["victim_initiated_rj"]}, "reason_needed"),
        ("duplicate", {"offered": False}, "reason_needed"),
        ("no_agreement", {"offered": False}, "reason_needed"),
        ("out_of_scope", {"offered": False}, "reason_needed"),
    ],
)
def test_what_is_wrong_with_a_reason_is_said_and_keeps_the_list_from_being_sent(
    sqlite_product: Product, key: str, changed: dict[str, Any], code: str
) -> None:
    draft = a_list(sqlite_product, REASONS)
    kept(sqlite_product, draft, key, **changed)

    assert code in codes(sqlite_product, draft)
    edition = row(sqlite_product, draft).edition
    with pytest.raises(FileRefused):
        sqlite_product.do(SubmitList, MANAGER, draft_id=draft, edition=edition, stands_from=clock.today())
    assert {name: row(sqlite_product, draft).content["rows"][key][name] for name in changed} == changed


def test_a_reason_that_nothing_needs_can_be_taken_out_of_use(product: Product) -> None:
    draft = a_list(product, REASONS)
    kept(product, draft, "rehub_refused", offered=False)

    assert codes(product, draft) == set()
    published(product, draft)
    assert not reasons.known(product.session, service(product), clock.now())["rehub_refused"].offered


def test_the_category_of_a_reason_of_the_product_never_changes(sqlite_product: Product) -> None:
    draft = a_list(sqlite_product, REASONS)
    kept(sqlite_product, draft, DECLINED, counted_as="completed_direct")

    assert row(sqlite_product, draft).content["rows"][DECLINED]["counted_as"] == DECLINED


def test_no_reason_of_ones_own_counts_as_what_an_arrow_asks_for_by_name(sqlite_product: Product) -> None:
    draft = a_list(sqlite_product, REASONS)
    added(sqlite_product, draft, "Sent to us twice", "duplicate")

    assert "reason_named" in codes(sqlite_product, draft)


def test_a_pathway_keeps_a_reason_for_a_case_in_which_nothing_took_place(sqlite_product: Product) -> None:
    draft = a_list(sqlite_product, REASONS)
    for key, known in bpmn.closure_reasons().items():
        if "apvc" in known["pathways"] and "requires_effect" not in known:
            kept(sqlite_product, draft, key, pathways=[one for one in known["pathways"] if one != "apvc"])

    assert "reason_none" in codes(sqlite_product, draft)


def test_two_people_at_one_row_are_told_and_at_two_rows_are_not(product: Product) -> None:
    draft = a_list(product, REASONS)
    was = row(product, draft).content["rows"][DECLINED]
    mine = {"draft_id": draft, "key": DECLINED, "seen": list_drafts.mark(was)}
    product.do(KeepRow, MANAGER, **mine, row={**was, "label": "Mine"}, sitting="one")
    product.do(KeepRow, MANAGER, **mine, row={**was, "label": "Mine, longer"}, sitting="one")
    kept(product, draft, "died", label="Somebody has died")

    with pytest.raises(RowMoved) as refusal:
        product.do(KeepRow, MANAGER, **mine, row={**was, "label": "Theirs"}, sitting="two")

    assert product.actor(MANAGER).name in refusal.value.sentence
    rows = row(product, draft).content["rows"]
    assert (rows[DECLINED]["label"], rows["died"]["label"]) == ("Mine, longer", "Somebody has died")


def test_a_partner_is_offered_for_what_it_does_while_an_agreement_is_in_force(product: Product) -> None:
    draft = a_list(product, PARTNERS)
    key = added(product, draft, A_PARTNER["name"], "victim_support", **A_PARTNER)
    bare = added(product, draft, "Second Chance Housing (invented)", "housing", uses=["referral", "signpost"])
    assert codes(product, draft) == {"partner_unagreed"}
    published(product, draft)

    session, now = product.session, clock.now()

    def offered(use: str) -> list[str]:
        return [one.key for one in partners.offered(session, service(product), use, now)]

    assert (offered("source"), offered("referral"), offered("signpost")) == ([key], [key], [bare])
    assert offered("") == [key, bare]
    assert partners.ending(session, service(product), now) == []


def test_an_agreement_that_ends_is_told_before_and_a_retired_partner_stays_readable(product: Product) -> None:
    draft, soon = a_list(product, PARTNERS), clock.today() + timedelta(days=59)
    key = added(product, draft, "x", "victim_support", **{**A_PARTNER, "ends_on": soon.isoformat()})
    published(product, draft)
    session, now = product.session, clock.now()

    assert [one.key for one in partners.ending(session, service(product), now)] == [key]
    later = now + timedelta(days=61)
    assert partners.offered(session, service(product), "referral", later) == []
    assert [one.key for one in partners.offered(session, service(product), "source", later)] == [key]

    again = a_list(product, PARTNERS)
    kept(product, again, key, active=False)
    published(product, again)
    assert partners.offered(product.session, service(product), "", clock.now()) == []
    assert [one.name for one in partners.known(product.session, service(product), clock.now())] == [A_PARTNER["name"]]
    assert partners.ending(product.session, service(product), clock.now()) == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": ""}, "partner_name"),
        ({"kind": "unknown"}, "partner_kind"),
        ({"area": ["atlantis"]}, "partner_choice"),
        ({"uses": []}, "partner_use"),
        ({"email": "not an address"}, "partner_email"),
        ({"telephone": "12"}, "partner_telephone"),
        ({"agreed_on": "31/02/2026"}, "partner_day"),
        ({"ends_on": "2025-01-01"}, "partner_agreement"),
        ({"agreed_on": ""}, "partner_agreement"),
        ({"checked_on": "2999-01-01"}, "partner_checked"),
    ],
)
def test_what_is_wrong_with_a_partner_is_said_and_what_was_typed_is_kept(
    sqlite_product: Product, changed: dict[str, Any], code: str
) -> None:
    draft = a_list(sqlite_product, PARTNERS)
    key = added(sqlite_product, draft, "x", "victim_support", **{**A_PARTNER, **changed})

    assert code in codes(sqlite_product, draft)
    assert {name: row(sqlite_product, draft).content["rows"][key][name] for name in changed} == changed


def test_what_changes_is_told_in_words_that_name_no_contact(product: Product) -> None:
    draft = a_list(product, PARTNERS)
    key = added(product, draft, "x", "victim_support", **A_PARTNER)
    published(product, draft)
    before = list_drafts.stands(product.session, service(product), PARTNERS, clock.now())
    after = {key: {**before[key], "contact_name": "Perpetua Invented", "area": ["dover"], "active": False}}

    told = [one.words for one in list_changes.changes(PARTNERS, before, after)]

    name = A_PARTNER["name"]
    assert told == [
        f"“{name}” is no longer offered.",
        f"“{name}”: its area is different: “Thanet” becomes “Dover”.",
        f"“{name}”: its contact is different.",
    ]


def test_nothing_is_sent_off_that_changes_nothing(sqlite_product: Product) -> None:
    draft = a_list(sqlite_product, REASONS)

    with pytest.raises(FileRefused):
        sqlite_product.do(SubmitList, MANAGER, draft_id=draft, edition=1, stands_from=clock.today())
    sqlite_product.do(DropList, MANAGER, draft_id=draft)
    assert a_list(sqlite_product, REASONS) != draft


def test_what_partners_say_of_people_is_sealed_in_the_database(sqlite_product: Product) -> None:
    draft = a_list(sqlite_product, PARTNERS)
    added(sqlite_product, draft, "x", "victim_support", **A_PARTNER)
    published(sqlite_product, draft)

    sqlite_product.session.rollback()
    for table in ("list_draft", "list_version"):
        stored = sqlite_product.session.connection().exec_driver_sql(f"SELECT content_sealed FROM {table}")  # noqa: S608 - our own table
        assert all(b"Odalys" not in bytes(each[0]) for each in stored)
