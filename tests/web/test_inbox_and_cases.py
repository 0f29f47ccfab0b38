"""The inbox, the list of cases and one case's file."""

from __future__ import annotations

import re
from datetime import timedelta

from rj_engine import clock
from rj_engine.workflows.task.tasks import ClaimTask, CompleteTask
from rj_engine.workflows.workload import inbox
from tests.places import Product
from tests.web.browsing import Scripts, a_browser, a_case, open_task, posted, typical, words


def rows(page: str) -> list[str]:
    body = page.partition("<tbody")[2].partition("</tbody>")[0]
    return [words(f"<body{row}") for row in re.findall(r"<tr.*?</tr>", body, flags=re.DOTALL)]


def test_the_queues_show_mine_my_teams_and_what_nobody_has(sqlite_product: Product) -> None:
    mine, free = a_case(sqlite_product), a_case(sqlite_product)
    sqlite_product.do(ClaimTask, "coordinator", task_id=open_task(sqlite_product, mine).id)
    browser = a_browser(sqlite_product, "coordinator")

    def shown(queue: str) -> set[str]:
        page = browser.get(f"/tasks?queue={queue}").text
        return {reference for reference in (mine, free) if reference in page}

    assert shown("mine") == {mine}
    assert shown("unclaimed") == {free}
    assert shown("team") == {mine, free}
    assert browser.get("/tasks?queue=everything").status_code == 422


def test_due_first_and_overdue_marked(sqlite_product: Product) -> None:
    start = clock.now() - timedelta(days=20)
    with clock.at(start):
        old = a_case(sqlite_product)
    new = a_case(sqlite_product)

    found = rows(a_browser(sqlite_product, "coordinator").get("/tasks?queue=team").text)

    assert old in found[0]
    assert "Overdue" in found[0]
    assert "late)" in found[0]
    assert any(new in row and "Overdue" not in row for row in found)


def test_paging_shows_each_task_once(sqlite_product: Product) -> None:
    for _ in range(6):
        a_case(sqlite_product)
    browser = a_browser(sqlite_product, "coordinator")

    whole = browser.get("/tasks?queue=team").text
    references = re.findall(r'href="/cases/([^"]+)"', whole)
    first = inbox.page(sqlite_product.session, sqlite_product.actor("coordinator"), "team", clock.now(), limit=4)
    second = browser.get(f"/tasks?queue=team&after={first.next_cursor}").text
    assert re.findall(r'href="/cases/([^"]+)"', second) == references[4:]
    assert browser.get("/tasks?queue=team&after=nonsense").status_code == 422


def test_a_page_of_fifty_tasks_is_small(sqlite_product: Product) -> None:
    for _ in range(51):
        a_case(sqlite_product)
    browser = a_browser(sqlite_product, "coordinator")

    for queue in ("team", "unclaimed"):
        page = browser.get(f"/tasks?queue={queue}")
        assert len(rows(page.text)) == 50
        assert len(page.data) <= 52_000
        assert 'rel="next"' in page.text


def test_cases_are_found_by_the_beginning_of_their_reference(sqlite_product: Product) -> None:
    one, other = a_case(sqlite_product), a_case(sqlite_product)
    browser = a_browser(sqlite_product, "coordinator")

    found = browser.get(f"/cases?query={one.lower()}").text

    assert one in found
    assert other not in found
    assert "No case matches" in browser.get("/cases?query=%25").text
    assert browser.get("/cases?state=lost").status_code == 422


def test_a_case_file_tells_where_it_is_who_is_in_it_and_what_happened(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product, victim_name="Alex Invented")
    task = open_task(sqlite_product, reference)
    sqlite_product.do(CompleteTask, "coordinator", task_id=task.id, answers=typical(task.form))

    page = a_browser(sqlite_product, "coordinator").get(f"/cases/{reference}").text

    read = words(page)
    assert "Alex Invented" in read
    assert "Referral received" in read
    assert f"Task finished: {task.name}" in read
    assert open_task(sqlite_product, reference).name in read
    assert "Not assessed yet" in read


def test_the_diagram_and_the_list_tell_the_same(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)
    browser = a_browser(sqlite_product, "coordinator")
    page = browser.get(f"/cases/{reference}").text

    facts = Scripts(page).found
    element = open_task(sqlite_product, reference).element
    process, _, drawn = element.partition("/")
    marked = {(fact["source"].rpartition("/")[2], one) for fact in facts for one in fact["open"]}
    assert (f"{process}.bpmn", drawn) in marked
    for fact in facts:
        source = browser.get(fact["source"])
        assert source.status_code == 200
        assert source.content_type.startswith("application/xml")
        assert all(f'id="{one}"' in source.text for one in fact["open"])
    assert browser.get(f"/cases/{reference}/diagrams/0/other.bpmn").status_code == 404
    assert browser.get(f"/cases/{reference}/diagrams/9/intake.bpmn").status_code == 404


def test_a_withdrawal_is_recorded_from_the_case(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product, victim_name="Alex Invented")
    browser = a_browser(sqlite_product, "coordinator")
    path = f"/cases/{reference}/withdraw"

    assert "Choose who withdraws" in browser.post(path, path, words="I have had enough").text
    assert "I have had enough" in browser.post(path, path, words="I have had enough").text
    assert browser.post(path, path, party="victim", words="I have had enough").location == f"/cases/{reference}"

    read = words(browser.get(f"/cases/{reference}").text)
    assert "The withdrawal of the victim is recorded" in read
    assert "The victim withdrew" in read


def test_a_referral_makes_a_case(sqlite_product: Product) -> None:
    browser = a_browser(sqlite_product, "coordinator")

    reply = browser.post("/refer", "/refer", **posted("referral"))

    assert reply.status_code == 302
    assert "The referral is recorded as" in browser.get(reply.location).text


def test_an_empty_referral_is_shown_again_with_everything_that_is_missing(sqlite_product: Product) -> None:
    browser = a_browser(sqlite_product, "coordinator")

    reply = browser.post("/refer", "/refer", victim_name="Sam <Invented>")

    assert reply.status_code == 422
    assert "There is a problem" in reply.text
    assert 'value="Sam &lt;Invented&gt;"' in reply.text


def test_a_partner_agency_refers_and_is_told_the_reference(sqlite_product: Product) -> None:
    browser = a_browser(sqlite_product, "referrer")

    reply = browser.post("/refer", "/refer", **posted("referral"))

    assert reply.location == "/refer"
    assert "The referral is recorded as" in browser.get("/refer").text


def test_people_are_listed_for_the_administrator(sqlite_product: Product) -> None:
    read = words(a_browser(sqlite_product, "administrator").get("/people").text)

    assert "facilitator@example.org" in read
    assert sqlite_product.actor("facilitator").name in read
