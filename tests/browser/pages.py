"""Every page there is, and somebody who has it before them: held against the addresses of the product."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from flask import Flask
from playwright.sync_api import Page

from rj_engine import bpmn, clock
from rj_engine.cases.lists import PARTNERS, REASONS
from rj_engine.workflows.migration.migrating import StartMigration
from rj_engine.workflows.post import notices
from rj_engine.workflows.published.signed_decisions import checksum_of
from rj_engine.workflows.task.tasks import CompleteTask
from rj_engine.workflows.timed import timers
from tests.places import Product
from tests.prisons.asked import Asking
from tests.security.neighbourhood import with_incident
from tests.studio.drawing import a_draft, proved, reworded
from tests.studio.listing import A_PARTNER, a_list, added
from tests.studio.trying import Trying
from tests.web.browsing import a_case, open_task, typical

GATE: Final = "rj_gate"
LETTER: Final = "/tasks/{task}/letters/victim_introduction.md"
EVERYBODY: Final = ""
"""Whoever has not signed in."""
VISITED: Final[Mapping[str, tuple[str, ...]]] = {
    EVERYBODY: ("/sign-in", "/sign-in?next=/cases"),
    "facilitator": (
        "/",
        "/tasks",
        "/tasks?queue=team&sort=stage&due=week",
        "/tasks?queue=unclaimed",
        "/tasks?queue=waiting",
        "/tasks?queue=promises",
        "/tasks/{task}",
        LETTER + "?to=1",
        LETTER + "/words?to=1",
        "/cases",
        "/cases/{reference}",
        "/cases/{reference}/print",
        "/cases/{reference}/contacts/{victim}",
        "/cases/{reference}/documents",
        "/cases/{reference}/events",
        "/cases/{reference}/events/complaint",
        "/cases/{reference}/withdraw",
        "/search",
        "/search/{sought}",
        "/notices",
        "/away",
        "/conflicts",
        "/partners",
        "/keyboard",
        "/people/me",
        "/decisions",
        "/decisions/" + GATE + "/{checksum}",
        "/no/such/page",
    ),
    "coordinator": ("/refer", "/refer/{reference}/victims", "/tasks/{finished}", "/tasks/{finished}/changes"),
    "lead": (
        "/caseloads",
        "/caseloads/{colleague}",
        "/problems",
        "/training",
        "/training/{colleague}",
        "/prisons",
        "/prisons/week",
        "/prisons/figures",
        "/prisons/places",
        "/prisons/places/MSI",
        "/cases/{held}",
        "/cases/{held}/prison",
        "/cases/{held}/repair",
    ),
    "service_manager": (
        "/studio",
        "/studio/pathways/complaint/versions",
        "/studio/pathways/complaint/versions/1/cases",
        "/studio/migrations/{migration}",
        "/studio/pathways/intake/watch",
        "/studio/pathways/intake/watch/intake/allocate_case?version=1",
        "/studio/drafts/{draft}",
        "/studio/drafts/{draft}/proof",
        "/studio/drafts/{draft}/differences",
        "/studio/drafts/{draft}/try",
        "/studio/drafts/{draft}/clocks",
        "/studio/drafts/{draft}/letters",
        "/studio/drafts/{draft}/letters/new",
        "/studio/lists/closure_reasons",
        "/studio/lists/partners",
        "/studio/lists/drafts/{reasons}",
        "/studio/lists/drafts/{reasons}/rows/harmer_declined",
        "/studio/lists/drafts/{partners}",
        "/studio/lists/drafts/{partners}/rows/{partner}",
        "/studio/trials/{trial}",
        "/studio/drafts/{draft}/files/complaint.bpmn",
        "/studio/drafts/{draft}/files/{form}",
    ),
    "administrator": ("/people", "/people/new", "/people/{colleague}", "/nothing-yet"),
    "referrer": ("/my-referrals",),
    "auditor": ("/record",),
}
NO_PAGE: Final = {
    "api_": "answers a program in JSON",
    "api-docs.": "answers a program in JSON",
    "health.": "answers a machine",
    "assets.bundle": "a style sheet, script or typeface",
    "cases.diagram": "a diagram's file, for the script that draws it",
    "prison_figures.report": "a PDF",
    "prisons.as_csv": "a table as a file",
    "prisons.as_workbook": "a table as a file",
    "sign_in.still_here": "answers a script that asks how long one stays signed in",
    "studio.source": "a draft's file, for the editor",
    "studio.version_source": "a version's file, for the picture of what changes",
    "studio.draft_bundle": "a draft as a file",
    "studio.version_bundle": "a version as a file",
    "studio.list_file": "a list as a file",
    "studio.version_file": "a version's file",
    "studio.version_diagram": "a diagram's file, for the script that draws it",
    "studio.trial_as_journey": "a trial as a file",
    "studio.trial_diagram": "a diagram's file, for the script that draws it",
    "studio.progress": "answers a script that waits for a proof",
    "studio.moving": "answers a script that waits for cases to be moved",
}
"""Addresses that are asked with GET and are no page, each with the reason."""


def unvisited(app: Flask) -> set[str]:
    """Pages to which nobody goes here: none."""
    rules = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    places = app.url_map.bind("")
    seen = set()
    for path in (path for paths in VISITED.values() for path in paths if path != "/no/such/page"):
        seen.add(places.match(path.partition("?")[0].format_map(EXAMPLES))[0])
    return {each for each in rules - seen if not each.startswith(tuple(NO_PAGE))}


class _Examples(dict[str, str]):
    """Something that fits every place in an address."""

    def __missing__(self, key: str) -> str:
        return str(UUID(int=7))


EXAMPLES: Final = _Examples()


def furnished(product: Product) -> dict[str, object]:
    """One case at first contact, one that is stopped, one whose prison was asked, one finished task, one draft."""
    known = with_incident(product, "")
    first = open_task(product, a_case(product, victim_name="Katarzyna Invented"))
    product.do(CompleteTask, "coordinator", task_id=first.id, answers=typical(first.form))
    asking = Asking.sent(product, clock.now() - timedelta(days=21))
    timers.fire_due()
    draft = a_draft(product)
    reworded(product, draft)
    proved(product, draft)
    notices.write_due()
    trial = Trying.begun(product)
    trial.answer()
    partners = a_list(product, PARTNERS)
    partner = added(product, partners, "x", "victim_support", **A_PARTNER)
    moved = {"pathway": "intake", "number": 1, "chosen": {known.reference: ""}, "reason": "Better words."}
    return {
        "reference": known.reference,
        "task": known.task,
        "victim": known.victim,
        "colleague": known.colleague,
        "finished": first.id,
        "held": asking.reference,
        "draft": draft,
        "migration": product.do(StartMigration, "service_manager", **moved)["migration"],
        "trial": trial.id,
        "reasons": a_list(product, REASONS),
        "partners": partners,
        "partner": partner,
        "form": "complaint_answer.form",
        "checksum": checksum_of(bpmn.decisions()[GATE].decode()),
    }


def sought(page: Page) -> str:
    """The sealed address of what one finds, as the box on every page leads to it."""
    page.get_by_label("Find by name, reference or number").fill("Katazina Inventid")
    page.get_by_role("button", name="Find", exact=True).click()
    page.wait_for_url("**/search/*")
    return page.url.rpartition("/")[2]
