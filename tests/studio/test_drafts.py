"""Drafts: one a pathway, nothing lost, two people, and a version that never changes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from rj_engine import clock
from rj_engine.cases.case import NotFound
from rj_engine.commands import NotAllowed
from rj_engine.workflows.published import publishing, versions
from rj_engine.workflows.studio import approving, drafting
from rj_engine.workflows.studio.approving import ApproveDraft, StandAgain
from rj_engine.workflows.studio.changes import changes
from rj_engine.workflows.studio.drafting import AddForm, DropDraft, KeepFile, StartDraft, SubmitDraft, TakeBackDraft
from tests.places import Product
from tests.studio.drawing import (
    MANAGER,
    SAFEGUARDING,
    a_draft,
    kept,
    proved,
    reworded,
    row,
    submitted,
    text_of,
)

FILE = "complaint.bpmn"


def standing(product: Product, who: str = MANAGER, pathway: str = "complaint", at: datetime | None = None) -> int:
    """The version that new cases of somebody's service use."""
    service = product.actor(who).service_id
    return versions.newest(product.session, pathway, service, at or clock.now()).number


def test_a_second_manager_goes_on_with_the_draft_that_was_begun(product: Product) -> None:
    draft = a_draft(product)

    again = product.do(StartDraft, MANAGER, pathway="complaint")

    assert again == {"draft": str(draft), "new": False}


def test_another_services_manager_does_not_find_it(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)

    with pytest.raises(NotFound):
        sqlite_product.do(
            KeepFile,
            "service_manager.sample",
            draft_id=draft,
            edition=1,
            file=FILE,
            text=text_of(sqlite_product, draft, FILE),
        )


def test_who_saves_second_is_told_who_was_first_and_nothing_is_overwritten(product: Product) -> None:
    draft = a_draft(product)
    theirs = text_of(product, draft, FILE).replace('name="', 'name="So: ', 1)
    product.do(KeepFile, MANAGER, draft_id=draft, edition=1, file=FILE, text=theirs)

    with pytest.raises(drafting.DraftMoved) as refusal:
        product.do(KeepFile, MANAGER, draft_id=draft, edition=1, file=FILE, text="<other/>")

    assert "saved this draft at" in refusal.value.sentence
    assert text_of(product, draft, FILE) == theirs


def test_what_cannot_be_opened_again_is_not_kept(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)

    with pytest.raises(drafting.FileRefused) as refusal:
        kept(sqlite_product, draft, FILE, "<!DOCTYPE a><a/>")

    assert [finding.code for finding in refusal.value.findings] == ["doctype"]


def test_an_id_of_a_published_element_cannot_be_changed(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)
    before = text_of(sqlite_product, draft, FILE)
    task = before.split('<bpmn:userTask id="')[1].split('"')[0]

    kept(
        sqlite_product, draft, FILE, before.replace(f'"{task}"', f'"{task}_two"').replace(f">{task}<", f">{task}_two<")
    )

    found = drafting.noted(sqlite_product.session, row(sqlite_product, draft))
    assert [one.finding.code for one in found if one.refuses] == ["id_changed"]


def test_a_form_is_added_once(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)
    sqlite_product.do(AddForm, MANAGER, draft_id=draft, edition=1, key="follow_up_call")

    with pytest.raises(drafting.FileRefused):
        sqlite_product.do(AddForm, MANAGER, draft_id=draft, edition=2, key="follow_up_call")

    assert drafting.noted(sqlite_product.session, row(sqlite_product, draft)) == []


def test_a_proved_draft_is_published_by_a_second_person_and_new_cases_use_it(product: Product) -> None:
    before = standing(product)
    draft = a_draft(product)
    reworded(product, draft)
    proved(product, draft)
    edition = submitted(product, draft)

    answer = product.do(ApproveDraft, SAFEGUARDING, draft_id=draft, edition=edition)

    assert answer["number"] == before + 1
    assert standing(product) == before + 1
    assert standing(product, "service_manager.sample") == before
    assert row(product, draft).status == "published"


def test_nobody_approves_what_they_had_a_hand_in(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)
    reworded(sqlite_product, draft)
    proved(sqlite_product, draft)
    edition = submitted(sqlite_product, draft)

    with pytest.raises(approving.NotSecondPerson):
        sqlite_product.do(ApproveDraft, MANAGER, draft_id=draft, edition=edition)
    with pytest.raises(NotAllowed):
        sqlite_product.do(ApproveDraft, "lead", draft_id=draft, edition=edition)


def test_a_draft_that_changed_after_its_proof_is_not_published(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)
    proved(sqlite_product, draft)
    reworded(sqlite_product, draft)
    edition = submitted(sqlite_product, draft)

    with pytest.raises(approving.NotProved):
        sqlite_product.do(ApproveDraft, SAFEGUARDING, draft_id=draft, edition=edition)


@pytest.mark.parametrize("status", ["broken", "unproved"])
def test_what_is_not_proved_safe_is_not_published(sqlite_product: Product, status: str) -> None:
    draft = a_draft(sqlite_product)
    reworded(sqlite_product, draft)
    proved(sqlite_product, draft, status=status)
    edition = submitted(sqlite_product, draft)

    with pytest.raises(approving.NotProved):
        sqlite_product.do(ApproveDraft, SAFEGUARDING, draft_id=draft, edition=edition)


def test_a_change_of_safety_needs_the_safeguarding_lead(sqlite_product: Product) -> None:
    second_manager(sqlite_product)
    draft = a_draft(sqlite_product)
    text = text_of(sqlite_product, draft, FILE)
    condition = text.split("<bpmn:conditionExpression")[1].split(">", 1)[1].split("<")[0]
    kept(sqlite_product, draft, FILE, text.replace(f">{condition}<", f">{condition} and 1 = 1<"))
    proved(sqlite_product, draft)
    edition = submitted(sqlite_product, draft)

    with pytest.raises(approving.SafeguardingLeadNeeded):
        sqlite_product.do(ApproveDraft, "service_manager2", draft_id=draft, edition=edition)

    assert sqlite_product.do(ApproveDraft, SAFEGUARDING, draft_id=draft, edition=edition)["of_safety"]


def second_manager(product: Product) -> None:
    """Another manager of the same service."""
    from rj_engine.people.joining import add_from_outside

    name = "service_manager2"
    add_from_outside(
        email=f"{name}@example.org",
        name="Second Manager",
        roles=("service_manager",),
        team="East team",
        password="a-long-enough-one-7",
    )


def test_a_version_comes_into_force_on_its_day_unless_it_is_withdrawn_before(sqlite_product: Product) -> None:
    before = standing(sqlite_product)
    draft = a_draft(sqlite_product)
    reworded(sqlite_product, draft)
    proved(sqlite_product, draft)
    edition, day = row(sqlite_product, draft).edition, clock.today() + timedelta(days=7)
    sqlite_product.do(SubmitDraft, MANAGER, draft_id=draft, edition=edition, stands_from=day)
    sqlite_product.do(ApproveDraft, SAFEGUARDING, draft_id=draft, edition=edition)
    later = clock.now() + timedelta(days=8)

    assert (standing(sqlite_product), standing(sqlite_product, at=later)) == (before, before + 1)
    sqlite_product.do(StandAgain, MANAGER, pathway="complaint", number=before)
    assert standing(sqlite_product, at=later) == before


def test_a_version_is_withdrawn_in_one_step_and_the_shipped_ones_stay_as_they_were(product: Product) -> None:
    before = standing(product)
    draft = a_draft(product)
    reworded(product, draft)
    proved(product, draft)
    product.do(ApproveDraft, SAFEGUARDING, draft_id=draft, edition=submitted(product, draft))

    product.do(StandAgain, MANAGER, pathway="complaint", number=before)

    assert standing(product) == before
    with pytest.raises(approving.NeverStood):
        product.do(StandAgain, "service_manager.sample", pathway="complaint", number=before + 1)
    again = publishing.import_pathways(product.actor(MANAGER))
    assert [one for one in again if one["new"]] == []


def test_a_submitted_draft_is_closed_until_it_is_taken_back(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)
    submitted(sqlite_product, draft)

    with pytest.raises(drafting.DraftClosed):
        reworded(sqlite_product, draft)
    sqlite_product.do(TakeBackDraft, MANAGER, draft_id=draft)
    reworded(sqlite_product, draft)
    sqlite_product.do(DropDraft, MANAGER, draft_id=draft)

    assert a_draft(sqlite_product) != draft


def test_changes_are_told_in_words(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)
    basis = drafting.basis(sqlite_product.session, row(sqlite_product, draft))
    reworded(sqlite_product, draft)
    sqlite_product.do(AddForm, MANAGER, draft_id=draft, edition=2, key="follow_up_call")

    found = changes(basis, drafting.content(row(sqlite_product, draft)))

    assert [(one.file, one.of_safety) for one in found] == [(FILE, False), ("follow_up_call.form", False)]
    assert found[0].words.endswith("is worded anew.")


def test_a_row_that_is_lowered_below_what_it_was_is_named_in_its_own_file(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product, "informal_rj")
    text = text_of(sqlite_product, draft, "informal_gate.dmn")
    level = '<outputEntry id="I02_level_out"><text>6</text></outputEntry>'
    assert level in text
    kept(sqlite_product, draft, "informal_gate.dmn", text.replace(level, level.replace(">6<", ">1<")))

    found = [one for one in drafting.noted(sqlite_product.session, row(sqlite_product, draft)) if one.refuses]

    assert {(one.file, one.finding.element, one.rows) for one in found} == {("informal_gate.dmn", "I02", ("I02",))}
    with pytest.raises(drafting.FileRefused) as refusal:
        submitted(sqlite_product, draft)
    assert "Row I02" in refusal.value.sentence
