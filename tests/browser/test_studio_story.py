"""The whole story on the RJ pathway: a task is put in, proved, published, open cases are moved, it is withdrawn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect

from rj_engine import clock
from rj_engine.cases.case import Case
from rj_engine.database import unit_of_work
from rj_engine.workflows.migration import migrating
from rj_engine.workflows.moves import Move
from rj_engine.workflows.published import versions
from rj_engine.workflows.studio import proving
from tests.browser.visiting import Visit
from tests.places import Product
from tests.studio.drawing import MANAGER, SAFEGUARDING, a_draft, bypassed, kept, text_of
from tests.studio.moving_cases import stands, told_of
from tests.workflows.a_told_case import Told

pytestmark = pytest.mark.browser
PATIENCE = 60_000
PATHWAY = "victim_initiated_rj"
FILE = "victim_engagement.bpmn"
ARROW = "flow_explain_rj_to_ask_what_victim_wants"
OPEN_CASES = 20


@pytest.fixture(autouse=True)
def patience(visit: Visit) -> Iterator[None]:
    """The largest pathway is checked whole on many of these pages, beside whatever else a machine does."""
    visit.page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=5_000)


def waiting_cases(product: Product) -> list[str]:
    """Cases whose facilitator has still to contact the victim."""
    by, found = product.actor("lead"), []
    with unit_of_work() as session:
        for number in range(OPEN_CASES):
            case = Case(
                service_id=by.service_id,
                team_id=by.team_id,
                reference=f"ST-AAAA{chr(65 + number)}2",
                title="A bicycle taken",
                pathway=PATHWAY,
                opened_at=clock.now(),
            )
            session.add(case)
            session.flush()
            Move(session, case, by, clock.now()).start(PATHWAY, {})
            found.append(case.reference)
    return found


def editor(visit: Visit, draft: UUID) -> Page:
    page = visit.go(f"/studio/drafts/{draft}/files/{FILE}")
    expect(page.locator("[data-editor]")).to_have_attribute("data-ready", "yes")
    return page


def shape(page: Page, element: str) -> Locator:
    return page.locator(f"[data-element-id='{element}'] .djs-hit").first


def draw_a_task(page: Page, name: str) -> None:
    """From the palette onto an arrow, named at once, turned into a task for a person."""
    page.locator(".djs-palette [data-action='create.task']").click()
    box = shape(page, ARROW).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y, steps=5)
    page.mouse.click(x, y)
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.get_by_title("Change element").click()
    page.get_by_text("User task", exact=True).click()


def counted(page: Page) -> dict[str, str]:
    """What the page counts, by group."""
    found = page.locator("[data-count]")
    return {str(each.get_attribute("data-count")): each.inner_text() for each in found.all()}


def standing(product: Product) -> int:
    return versions.newest(product.session, PATHWAY, product.actor(MANAGER).service_id, clock.now()).number


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()


def test_a_task_is_added_proved_published_open_cases_are_moved_and_the_version_is_withdrawn(visit: Visit) -> None:
    product, before = visit.product, standing(visit.product)
    references = waiting_cases(product)
    stuck = Told(product, "case_study", "first_contact").reference
    visit.sign_in(MANAGER)
    draft = drawn(visit)
    proved_and_sent(visit, draft)
    visit.sign_in(SAFEGUARDING)
    page = visit.go(f"/studio/drafts/{draft}")
    page.get_by_role("button", name="Approve and publish").click()
    expect(page.get_by_text(f"Version {before + 1} is published.")).to_be_visible()
    sign_out(page)

    visit.sign_in(MANAGER)
    visit.go("/studio")
    page.get_by_role("link", name=re.compile("of Victim-initiated")).click()
    page.get_by_role("link", name=f"Open cases on other versions than {before + 1}").click()
    assert counted(page) == {"whole": str(OPEN_CASES), "partly": "0", "cannot": "1"}
    row = page.get_by_role("row").filter(has_text=stuck)
    expect(row).to_contain_text("It waits at “Explain the choices”, which is gone.")
    assert visit.barriers() == []
    page.get_by_role("button", name=f"Move the ticked cases to version {before + 1}").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why these cases are moved")
    page.get_by_label("Why are they moved?").fill("Worries are heard before anything is explained.")
    page.get_by_role("button", name=f"Move the ticked cases to version {before + 1}").click()
    expect(page.locator("[data-proof]")).to_contain_text("Waits for its turn")

    product.session.rollback()
    assert migrating.migrate_due() == OPEN_CASES
    expect(page.locator("[data-count='moved']")).to_have_text(str(OPEN_CASES))
    assert visit.barriers() == []
    assert {number_of(product, each) for each in references} == {before + 1}
    assert number_of(product, stuck) == before
    assert {told_of(product, each, "case:run:migrated") for each in references} == {1}

    visit.go(f"/studio/pathways/{PATHWAY}/versions")
    page.get_by_role("button", name=f"Use version {before} from now").click()
    expect(page.get_by_text(f"New cases use version {before} from now.")).to_be_visible()
    assert standing(product) == before
    page.get_by_role("link", name=re.compile(f"to version {before + 1}")).click()
    page.get_by_role("button", name="Move all back").click()
    product.session.rollback()
    assert migrating.migrate_due() == OPEN_CASES
    expect(page.locator("[data-count='undone']")).to_have_text(str(OPEN_CASES))
    assert {number_of(product, each) for each in references} == {before}


def number_of(product: Product, reference: str) -> int:
    """The version that a case of one run is on."""
    found = stands(product, reference).values()
    return int(max(each["version"] for each in found if each["ready"]))


def drawn(visit: Visit) -> UUID:
    """A draft with a new form and a new task, and the old task gone; two findings are put right on the way."""
    page = visit.go("/studio")
    page.get_by_role("button", name=re.compile("Change Victim-initiated")).click()
    page.get_by_label("A new form").fill("hear_worries")
    page.get_by_role("button", name="Add the form").click()
    expect(page.locator("[data-editor]")).to_have_attribute("data-ready", "yes")
    draft = UUID(page.url.split("/drafts/")[1].split("/")[0])
    editor(visit, draft)
    draw_a_task(page, "Hear worries first")
    findings = page.locator("[data-editor-findings]")
    expect(findings).to_contain_text("This task has no form")
    expect(page.locator("[data-editor-count]")).to_have_text(re.compile("2"))
    page.locator("#bio-properties-panel-rj-form").select_option("hear_worries")
    page.locator("#bio-properties-panel-rj-due").select_option("victim_conversation")
    expect(page.locator("[data-editor-count]")).to_have_text("Nothing found")
    shape(page, "explain_rj").click()
    page.keyboard.press("Delete")
    expect(page.locator("[data-element-id='explain_rj']")).to_have_count(0)
    expect(page.locator("[data-editor-says]")).to_contain_text("Saved at")
    expect(page.locator("[data-editor-count]")).to_have_text("Nothing found")
    return draft


def proved_and_sent(visit: Visit, draft: UUID) -> None:
    """Send it to a second person; its proof begins with that, and holds."""
    page = visit.go(f"/studio/drafts/{draft}")
    expect(page.get_by_role("cell", name="“Hear worries first” is new.")).to_be_visible()
    page.get_by_role("button", name="Send to a second person").click()
    expect(page.get_by_text("Its proof has begun")).to_be_visible()
    visit.product.session.rollback()
    assert proving.prove_due() == 1
    page.get_by_role("link", name="See the proof").click()
    expect(page.get_by_text("No path breaks an invariant.")).to_be_visible()
    sign_out(page)


def test_the_rj_pathway_without_its_first_assessment_is_refused_with_the_story_on_the_diagram(visit: Visit) -> None:
    file = f"{PATHWAY}.bpmn"
    draft = a_draft(visit.product, PATHWAY)
    kept(visit.product, draft, file, bypassed(text_of(visit.product, draft, file), "victim_consented", "engage_harmer"))
    visit.sign_in(MANAGER)
    page = visit.go(f"/studio/drafts/{draft}")
    expect(page.get_by_role("cell", name="“First risk assessment” is gone.")).to_be_visible()
    page.get_by_role("button", name="Send to a second person").click()
    visit.product.session.rollback()
    assert proving.prove_due() == 1

    visit.go(f"/studio/drafts/{draft}")
    expect(page.get_by_text("Being drawn")).to_be_visible()
    page.get_by_role("link", name="See the proof").click()
    expect(page.get_by_text("This draft cannot be published.")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("^I-02: Nobody contacts the harmer"))).to_be_visible()
    expect(page.get_by_text("“Approach the harmer” while the risk has not been assessed").first).to_be_visible()
    page.get_by_role("link", name="See its way on harmer_engagement.bpmn for I-02").click()
    expect(page.locator("[data-editor]")).to_have_attribute("data-ready", "yes")
    expect(page.locator(".djs-element.is-path[data-element-id='ask_worker']")).to_have_count(1)
    assert visit.barriers() == []


def test_a_row_that_is_lowered_below_its_floor_is_refused_and_named_in_the_decision_editor(visit: Visit) -> None:
    draft = a_draft(visit.product, PATHWAY)
    text = text_of(visit.product, draft, "rj_gate.dmn")
    level = '<outputEntry id="G03_level_out"><text>6</text></outputEntry>'
    assert level in text
    kept(visit.product, draft, "rj_gate.dmn", text.replace(level, level.replace(">6<", ">2<")))
    visit.sign_in(MANAGER)
    page = visit.go(f"/studio/drafts/{draft}")
    expect(page.get_by_text("Row G03: A court order or licence condition forbids contact")).to_be_visible()
    page.get_by_role("button", name="Send to a second person").click()
    expect(page.get_by_role("alert")).to_contain_text("Row G03")

    visit.go(f"/studio/drafts/{draft}/files/rj_gate.dmn")
    expect(page.locator("[data-editor]")).to_have_attribute("data-ready", "yes")
    found = page.locator("[data-editor-findings]")
    expect(found).to_contain_text("Row G03")
    expect(found).to_contain_text("was 6 and would now be 2")
    expect(found).to_contain_text("A safeguarding lead looks at that case in words first")
    found.get_by_role("button", name="Show G03").first.click()
    expect(page.locator("td.rule-index[data-row-id='G03'][data-finding='error']")).to_have_count(1)
