"""Home and the inbox as pages: many tasks at once, saved filters, caseloads, absences, conflicts, shortcuts."""

from __future__ import annotations

import json
import re
import uuid
from datetime import timedelta
from html import unescape
from typing import Any

from sqlalchemy import select, update

from rj_engine import clock, ledger
from rj_engine.cases.case import Case
from rj_engine.database import db
from rj_engine.people.competence import Competence
from rj_engine.workflows.rows import Task
from rj_engine.workflows.task.tasks import ClaimTask
from tests.places import Product
from tests.security.neighbourhood import a_case as at_first_contact
from tests.web.browsing import Browser, a_browser, a_case, open_task, words


def bulk(browser: Browser, tasks: list[uuid.UUID], query: str = "queue=unclaimed", **fields: Any) -> Any:
    """Do something with ticked tasks, as the form below the list does."""
    ticked = [str(task) for task in tasks]
    return browser.post(f"/tasks/bulk?{query}", "/tasks", command_id=str(uuid.uuid4()), task=ticked, **fields)


def assignee(product: Product, task: uuid.UUID) -> uuid.UUID | None:
    return product.session.get_one(Task, task).assignee_id


def day(name: str, days: int) -> dict[str, str]:
    on = clock.today() + timedelta(days=days)
    return {f"{name}-day": str(on.day), f"{name}-month": str(on.month), f"{name}-year": str(on.year)}


def test_home_tells_what_is_next_with_why_and_by_when(sqlite_product: Product) -> None:
    known = at_first_contact(sqlite_product)

    page = a_browser(sqlite_product, "facilitator").get("/").text

    read = words(page)
    assert "What is next for you" in read
    assert "Why now: It is due next." in read
    assert f'href="/tasks/{known.task}"' in page
    assert "My tasks (1)" in read
    assert "Waiting on others (0)" in read


def test_many_are_taken_at_once_and_one_that_a_colleague_has_says_so(sqlite_product: Product) -> None:
    free, taken = (open_task(sqlite_product, a_case(sqlite_product)).id for _ in range(2))
    sqlite_product.do(ClaimTask, "lead", task_id=taken)
    browser = a_browser(sqlite_product, "coordinator")

    page = words(bulk(browser, [free, taken], do="claim").text)

    assert "Not everything was done" in page
    assert "A colleague has this task." in page
    assert assignee(sqlite_product, free) == sqlite_product.actor("coordinator").id
    assert assignee(sqlite_product, taken) == sqlite_product.actor("lead").id
    assert bulk(browser, [free], do="claim").location == "/tasks?queue=unclaimed"


def test_many_are_given_to_a_colleague_and_the_untrained_one_is_told(sqlite_product: Product) -> None:
    first, second = (at_first_contact(sqlite_product).task for _ in range(2))
    to = sqlite_product.actor("facilitator2").id
    browser = a_browser(sqlite_product, "lead")

    assert bulk(browser, [first, second], do="assign", to=str(to)).status_code == 302
    assert {assignee(sqlite_product, first), assignee(sqlite_product, second)} == {to}

    back = sqlite_product.actor("coordinator").id
    assert "another role" in bulk(browser, [first], do="assign", to=str(back)).text
    assert "Choose the colleague" in bulk(browser, [first], do="assign").text


def test_a_due_date_moves_for_a_reason_that_stands_in_the_record(sqlite_product: Product) -> None:
    known = at_first_contact(sqlite_product)
    browser = a_browser(sqlite_product, "facilitator")
    wanted = day("due_on", 9)

    unsaid = bulk(browser, [known.task], "queue=mine", do="due", **wanted)
    assert unsaid.status_code == 422
    assert "Say why" in unsaid.text
    assert f'value="{wanted["due_on-year"]}"' in unsaid.text, "what was typed is still there"
    assert re.search(f'value="{known.task}"[^>]* checked', unsaid.text), "and what was ticked"
    assert (
        "Give a real day"
        in bulk(browser, [known.task], "queue=mine", do="due", reason="Ill", **{"due_on-day": "40"}).text
    )
    assert (
        "from today on" in bulk(browser, [known.task], "queue=mine", do="due", reason="Ill", **day("due_on", -2)).text
    )
    assert (
        bulk(browser, [known.task], "queue=mine", do="due", reason="They are on holiday", **wanted).status_code == 302
    )

    task = sqlite_product.session.get_one(Task, known.task)
    assert task.due_at == clock.end_of(clock.today() + timedelta(days=9))
    told = words(browser.get(f"/cases/{known.reference}").text)
    assert "They are on holiday" in told
    other = bulk(a_browser(sqlite_product, "facilitator2"), [known.task], do="due", reason="x", **wanted)
    assert "This task is not yours" in other.text


def test_a_reminder_is_ones_own_and_changes_no_date(sqlite_product: Product) -> None:
    known = at_first_contact(sqlite_product)
    before = sqlite_product.session.get_one(Task, known.task).due_at
    browser = a_browser(sqlite_product, "facilitator")

    assert bulk(browser, [known.task], "queue=mine", do="again", **day("again_on", 3)).status_code == 302

    assert "Look again:" in browser.get("/tasks").text
    assert "Look again:" not in a_browser(sqlite_product, "facilitator2").get("/tasks?queue=team").text
    assert sqlite_product.session.get_one(Task, known.task).due_at == before
    assert known.reference in browser.get("/tasks?flag=follow_up").text
    assert bulk(browser, [known.task], "queue=mine", do="again").status_code == 302
    assert "Look again:" not in browser.get("/tasks").text


def test_nothing_ticked_or_chosen_is_said_beside_the_list(sqlite_product: Product) -> None:
    known = at_first_contact(sqlite_product)
    browser = a_browser(sqlite_product, "facilitator")

    for reply in (bulk(browser, [], do="claim"), bulk(browser, [known.task])):
        assert reply.status_code == 422
        assert "Choose what to do, and tick at least one task." in reply.text
    strange = bulk(browser, [uuid.uuid4()], do="claim")
    assert "There is nothing here that you may see" in strange.text


def test_a_filter_is_saved_shared_and_removed(sqlite_product: Product) -> None:
    a_case(sqlite_product)
    mine, theirs = a_browser(sqlite_product, "coordinator"), a_browser(sqlite_product, "lead")
    path = "/tasks/filters?queue=team&due=week&sort=case"

    assert mine.post(path, "/tasks", name="  The   week ", shared="yes").status_code == 302
    assert mine.post(path, "/tasks", name="the WEEK").status_code == 302, "in place of the first"
    assert "shared with the team" not in theirs.get("/tasks").text
    mine.post(path, "/tasks", name="The week", shared="yes")

    page = theirs.get("/tasks").text
    assert "The week" in page
    assert "shared with the team" in page
    link = re.search(r'href="(/tasks\?[^"]+)">The week', page)
    assert link is not None
    assert theirs.get(unescape(link[1])).status_code == 200
    known = re.search(r'name="filter" value="([^"]+)"', mine.get("/tasks").text)
    assert known is not None
    assert theirs.post("/tasks/filters/remove", "/tasks", filter=known[1]).status_code == 404
    assert mine.post("/tasks/filters/remove", "/tasks", filter=known[1]).status_code == 302
    assert "The week" not in theirs.get("/tasks").text
    assert mine.post(path, "/tasks", name=" ").status_code == 422


def test_what_nobody_can_filter_by_is_refused_kindly(sqlite_product: Product) -> None:
    reply = a_browser(sqlite_product, "coordinator").get("/tasks?stage=elsewhere")

    assert reply.status_code == 422
    assert "Go back and choose from the lists." in reply.text


def test_a_whole_caseload_changes_hands_but_for_what_the_colleague_may_not_have(sqlite_product: Product) -> None:
    cases = [at_first_contact(sqlite_product) for _ in range(3)]
    close = cases[0].reference
    old, new = (sqlite_product.actor(who).id for who in ("facilitator", "facilitator2"))
    lead = a_browser(sqlite_product, "lead")
    declared = lead.post("/conflicts", "/conflicts", of=str(new), reference=close, words="Their cousin")
    assert declared.status_code == 302

    unsaid = lead.post(f"/caseloads/{old}", "/tasks", to=str(new), reason=" ")
    assert unsaid.status_code == 422
    page = words(lead.post(f"/caseloads/{old}", "/tasks", to=str(new), reason="On leave").text)

    assert "2 cases and tasks were handed over" in page
    assert f"{close} {sqlite_product.actor('facilitator2').name} has a conflict of interest" in page
    rows = sqlite_product.session.execute(select(Case.reference, Case.facilitator_id))
    leads = {row.reference: row.facilitator_id for row in rows}
    assert [leads[known.reference] for known in cases] == [old, new, new]
    assert [assignee(sqlite_product, known.task) for known in cases] == [old, new, new]
    case = sqlite_product.session.scalars(select(Case).where(Case.reference == cases[1].reference)).one()
    told = ledger.read(sqlite_product.session, case.id)[-1]
    assert (told.tag, told.detail["why"]) == ("case:handed_over", "On leave")
    assert close in lead.get(f"/caseloads/{old}").text
    assert cases[1].reference not in lead.get(f"/caseloads/{old}").text
    assert a_browser(sqlite_product, "facilitator").get("/caseloads").status_code == 403


def test_a_case_goes_to_nobody_untrained_and_tasks_of_other_cases_go_too(sqlite_product: Product) -> None:
    known = at_first_contact(sqlite_product)
    old, new = (sqlite_product.actor(who).id for who in ("facilitator", "facilitator2"))
    db.session.execute(update(Competence).where(Competence.staff_id == new).values(level=0))
    db.session.commit()
    lead = a_browser(sqlite_product, "lead")

    page = words(lead.post(f"/caseloads/{old}", "/tasks", to=str(new), reason="On leave").text)

    assert "This case needs somebody trained" in page
    assert assignee(sqlite_product, known.task) == old
    assert words(lead.get("/caseloads").text).count(sqlite_product.actor("facilitator").name) == 1


def test_an_absence_is_arranged_on_its_page(sqlite_product: Product) -> None:
    known = at_first_contact(sqlite_product)
    browser, stands_in = a_browser(sqlite_product, "facilitator"), a_browser(sqlite_product, "facilitator2")
    me, other = (str(sqlite_product.actor(who).id) for who in ("facilitator", "facilitator2"))
    days = {**day("from_on", 0), **day("until_on", 5)}

    wrong = browser.post("/away", "/away", away=me, substitute=other, **{**days, "until_on-month": "13"})
    assert wrong.status_code == 422
    assert f'value="{days["from_on-year"]}"' in wrong.text
    assert browser.post("/away", "/away", away=me, substitute=other, **days).status_code == 302

    assert f"For {sqlite_product.actor('facilitator').name}, who is away" in stands_in.get("/tasks").text
    assert "You stand in for" in stands_in.get("/").text
    assert known.reference in stands_in.get("/tasks").text
    absence = re.search(r'name="absence" value="([^"]+)"', browser.get("/away").text)
    assert absence is not None
    assert "End it" not in stands_in.get("/away").text.partition("</table>")[0].partition("<tbody")[2]
    assert browser.post("/away/end", "/away", absence=absence[1]).status_code == 302
    assert known.reference not in stands_in.get("/tasks").text


def test_a_conflict_is_declared_and_ended_on_its_page(sqlite_product: Product) -> None:
    known = at_first_contact(sqlite_product)
    browser, lead = a_browser(sqlite_product, "facilitator"), a_browser(sqlite_product, "lead")

    assert "There is no case of that reference" in browser.post("/conflicts", "/away", reference="XX-1", words="x").text
    wrong = browser.post("/conflicts", "/away", words="Went to school with them")
    assert "Went to school with them" in wrong.text
    assert browser.post("/conflicts", "/away", reference=known.reference, words="School").status_code == 302
    assert f"A lead has to hand over: {known.reference}" in browser.get("/conflicts").text

    conflict = re.search(r'name="conflict" value="([^"]+)"', lead.get("/conflicts").text)
    assert conflict is not None
    assert 'name="conflict"' not in browser.get("/conflicts").text
    assert lead.post("/conflicts/end", "/away", conflict=conflict[1]).status_code == 302
    assert "School" not in browser.get("/conflicts").text


def test_shortcuts_stand_on_every_page_and_can_be_changed_or_off(sqlite_product: Product) -> None:
    browser = a_browser(sqlite_product, "facilitator")

    def keys() -> dict[str, Any]:
        found = re.search(r'data-shortcuts="([^"]*)"', browser.get("/cases").text)
        assert found is not None
        told: dict[str, Any] = json.loads(unescape(found[1]))
        return told

    assert keys()["t"] == {"go": "/tasks"}
    assert keys()["j"] == {"do": "next"}
    twice = browser.post("/keyboard", "/keyboard", on="yes", home="t", tasks="t")
    assert twice.status_code == 422
    assert "no letter twice" in twice.text
    assert browser.post("/keyboard", "/keyboard", on="yes", tasks="g").status_code == 302
    assert keys() == {"g": {"go": "/tasks"}}
    browser.post("/keyboard", "/keyboard", tasks="g")
    assert keys() == {}
