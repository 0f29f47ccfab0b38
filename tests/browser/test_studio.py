"""A manager changes the RJ pathway, proves it and has it published; one that takes the risk gate out is refused."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from rj_engine import clock
from rj_engine.workflows.published import versions
from rj_engine.workflows.studio import proving
from tests.browser.visiting import Visit
from tests.places import Product
from tests.studio.drawing import MANAGER, SAFEGUARDING, a_draft, bypassed, kept, reworded, text_of

pytestmark = pytest.mark.browser
READY = 20_000
PATHWAY = "complaint"
FILE = "complaint.bpmn"
ARROW = "flow_acknowledge_complaint_to_answer_complaint"


def editor(visit: Visit, draft: UUID, name: str) -> Page:
    """A file of the draft, open in its editor."""
    page = visit.go(f"/studio/drafts/{draft}/files/{name}")
    expect(page.locator("[data-editor]")).to_have_attribute("data-ready", "yes", timeout=READY)
    return page


def draw_a_task(page: Page, name: str) -> None:
    """From the palette onto an arrow, named at once, turned into a task for a person."""
    page.locator(".djs-palette [data-action='create.task']").click()
    box = page.locator(f"[data-element-id='{ARROW}'] .djs-hit").first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y, steps=5)
    page.mouse.click(x, y)
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.get_by_title("Change element").click()
    page.get_by_text("User task", exact=True).click()


def saved(page: Page) -> None:
    """Wait until what was drawn is on the server."""
    expect(page.locator("[data-editor-says]")).to_contain_text("Saved at")


def standing(product: Product) -> int:
    """The version that new cases use."""
    return versions.newest(product.session, PATHWAY, product.actor(MANAGER).service_id, clock.now()).number


def worked(product: Product) -> int:
    """What a worker beside the product does next; the proofs made."""
    product.session.rollback()
    return proving.prove_due()


def test_a_manager_adds_a_task_with_a_form_and_a_second_person_publishes_it(visit: Visit) -> None:
    before = standing(visit.product)
    visit.sign_in(MANAGER)
    page = visit.go("/studio")
    page.get_by_role("button", name="Change A complaint").click()
    page.get_by_label("A new form").fill("last_call")
    page.get_by_role("button", name="Add the form").click()
    expect(page.locator("[data-editor]")).to_have_attribute("data-ready", "yes", timeout=READY)
    assert visit.barriers() == []
    draft = UUID(page.url.split("/drafts/")[1].split("/")[0])

    editor(visit, draft, FILE)
    draw_a_task(page, "Call them a last time")
    findings = page.locator("[data-editor-findings]")
    expect(findings).to_contain_text("This task has no form")
    expect(page.locator(".rj-badge").first).to_be_visible()
    page.locator("#bio-properties-panel-rj-form").select_option("last_call")
    page.locator("#bio-properties-panel-rj-due").select_option("complaint_answered")
    expect(page.locator("[data-editor-count]")).to_have_text("Nothing found")
    saved(page)
    assert visit.barriers() == []

    page.get_by_role("link", name="Back to the draft").click()
    expect(page.get_by_role("cell", name="“Call them a last time” is new.")).to_be_visible()
    page.get_by_role("button", name="Prove this draft").click()
    expect(page.locator("[data-proof]")).to_contain_text("Waits for its turn")
    assert worked(visit.product) == 1
    expect(page.get_by_text("No path breaks an invariant.")).to_be_visible(timeout=READY)
    page.get_by_role("link", name="Back to the draft").click()
    page.get_by_role("button", name="Send to a second person").click()
    expect(page.get_by_text("You had a hand in it")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()

    visit.sign_in(SAFEGUARDING)
    visit.go(f"/studio/drafts/{draft}")
    page.get_by_role("button", name="Approve and publish").click()

    expect(page.get_by_text(f"Version {before + 1} is published.")).to_be_visible()
    assert visit.barriers() == []
    assert standing(visit.product) == before + 1


def test_a_pathway_without_its_risk_gate_is_refused_with_the_story_on_the_diagram(visit: Visit) -> None:
    draft = a_draft(visit.product, "informal_rj")
    text = text_of(visit.product, draft, "informal_rj.bpmn")
    kept(visit.product, draft, "informal_rj.bpmn", bypassed(text, "assess_informal", "ask_harmer"))
    visit.sign_in(MANAGER)
    page = visit.go(f"/studio/drafts/{draft}")
    expect(page.get_by_role("cell", name="“Ask the table” is gone.")).to_be_visible()
    page.get_by_role("button", name="Prove this draft").click()
    expect(page.locator("[data-proof]")).to_be_visible()
    assert worked(visit.product) == 1

    expect(page.get_by_text("This draft cannot be published.")).to_be_visible(timeout=READY)
    expect(page.get_by_role("heading", name="I-03: Nothing is exchanged at level 4 or above.")).to_be_visible()
    assert visit.barriers() == []
    page.get_by_role("link", name="See its way on informal_rj.bpmn for I-03").click()
    expect(page.locator("[data-editor]")).to_have_attribute("data-ready", "yes", timeout=READY)

    expect(page.locator(".djs-element.is-path[data-element-id='ask_harmer']")).to_have_count(1)
    expect(page.get_by_text("“Hold the talk” at risk level 6")).to_be_visible()
    assert visit.barriers() == []

    visit.go(f"/studio/drafts/{draft}")
    page.get_by_role("button", name="Send to a second person").click()
    page.get_by_role("button", name="Sign out").click()
    visit.sign_in(SAFEGUARDING)
    visit.go(f"/studio/drafts/{draft}")
    expect(page.get_by_text("It can be approved once it is proved.")).to_be_visible()
    expect(page.get_by_role("button", name="Approve and publish")).to_have_count(0)


def test_the_second_manager_to_save_is_told_and_can_compare(visit: Visit) -> None:
    draft = a_draft(visit.product)
    visit.sign_in(MANAGER)
    page = editor(visit, draft, FILE)
    reworded(visit.product, draft)
    draw_a_task(page, "Mine")

    expect(page.get_by_role("alert").filter(has_text="saved this draft at")).to_be_visible()
    page.get_by_role("button", name="Compare mine with theirs").click()

    expect(page.get_by_label("Yours")).to_have_value(re.compile("Mine"))
    expect(page.get_by_label("Differences")).to_contain_text("anew")
    assert visit.barriers() == []
