"""Working a task: kept while it is typed, taken once, never lost."""

from __future__ import annotations

import html
import re
import uuid
from datetime import timedelta

from rj_engine import clock
from rj_engine.workflows.rows import Task
from rj_engine.workflows.task.tasks import CompleteTask
from tests.places import Product
from tests.web.browsing import Browser, a_browser, a_case, open_task, posted, typical, words


def at_the_desk(product: Product, who: str = "coordinator") -> tuple[Browser, str, str]:
    """A browser, the path of the first task of a fresh case, and the case's reference."""
    reference = a_case(product)
    return a_browser(product, who), f"/tasks/{open_task(product, reference).id}", reference


def form_of(product: Product, path: str) -> str:
    return product.session.get_one(Task, uuid.UUID(path.rpartition("/")[2])).form


def test_a_finished_task_leads_straight_to_the_next(sqlite_product: Product) -> None:
    browser, path, reference = at_the_desk(sqlite_product)
    name = open_task(sqlite_product, reference).name

    reply = browser.post(path, path, action="complete", **posted(form_of(sqlite_product, path)))

    assert reply.status_code == 302
    following = browser.get(reply.location)
    assert following.status_code == 200
    assert f"“{name}” is done." in words(following.text)
    assert re.match(r"/(tasks|cases)/", reply.location)


def test_pressing_the_button_twice_does_it_once(sqlite_product: Product) -> None:
    browser, path, reference = at_the_desk(sqlite_product)
    fields = posted(form_of(sqlite_product, path), action="complete")

    first = browser.client.post(path, data={"csrf_token": browser.token(path), **fields})
    second = browser.client.post(path, data={"csrf_token": browser.token(first.location), **fields})

    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert open_task(sqlite_product, reference) is not None


def test_what_cannot_be_taken_is_shown_again_with_reasons_and_every_word(sqlite_product: Product) -> None:
    browser, path, _ = at_the_desk(sqlite_product)
    form_id = form_of(sqlite_product, path)
    wrong = posted(form_id)
    required = next(iter(typical(form_id)))
    wrong = {key: value for key, value in wrong.items() if not key.startswith(required)}
    wrong["notes_nobody_asked_for"] = "ignored"

    reply = browser.post(path, path, action="complete", **wrong)

    assert reply.status_code == 422
    assert "There is a problem" in reply.text
    assert f'href="#{required}' in reply.text
    kept = browser.get(path)
    assert kept.status_code == 200
    assert "Draft of" in kept.text


def test_save_and_come_back_later_keeps_the_words_without_checking_them(sqlite_product: Product) -> None:
    browser, path, _ = at_the_desk(sqlite_product)
    area = first_area(browser.get(path).text)

    reply = browser.post(path, path, action="later", **{area: "Half a\r\n\r\n  sentence <b> & “more”"})

    assert reply.location == "/tasks"
    assert "It is not finished yet" in browser.get("/tasks").text
    assert typed_in(browser.get(path).text, area) == "Half a\n\n  sentence <b> & “more”"


def first_area(page: str) -> str:
    found = re.search(r'<textarea[^>]* name="([^"]+)"', page)
    assert found is not None
    return found[1]


def typed_in(page: str, area: str) -> str:
    found = re.search(rf'<textarea[^>]* name="{area}"[^>]*>(.*?)</textarea>', page, flags=re.DOTALL)
    assert found is not None
    return html.unescape(found[1]).replace("\r\n", "\n")


def test_a_draft_is_kept_while_it_is_typed(sqlite_product: Product) -> None:
    browser, path, _ = at_the_desk(sqlite_product)
    area = first_area(browser.get(path).text)

    reply = browser.put(f"{path}/draft", path, **{area: "typed so far"})

    assert reply.status_code == 200
    assert re.fullmatch(r"Saved at \d?\d:\d\d[ap]m", reply.json["notice"])
    assert typed_in(browser.get(path).text, area) == "typed so far"
    assert "typed so far" not in a_browser(sqlite_product, "lead").get(path).text


def test_who_comes_second_is_told_who_and_when_and_keeps_every_word(sqlite_product: Product) -> None:
    browser, path, reference = at_the_desk(sqlite_product)
    area = first_area(browser.get(path).text)
    token = browser.token(path)
    task = open_task(sqlite_product, reference)
    answers = typical(task.form)
    sqlite_product.do(CompleteTask, "lead", task_id=task.id, answers=answers)

    fields = {**posted(task.form), area: "My own careful words", "csrf_token": token, "action": "complete"}
    reply = browser.client.post(path, data=fields)

    assert reply.status_code == 409
    assert re.search(r"finished this task on \d+ \w+ \d{4} at \d?\d:\d\d[ap]m", words(reply.text))
    assert "My own careful words" in reply.text
    draft = browser.client.put(f"{path}/draft", data=fields)
    assert draft.status_code == 409
    assert "finished this task" in draft.json["notice"]


def test_a_task_of_another_lane_can_be_read_and_not_worked(sqlite_product: Product) -> None:
    _, path, _ = at_the_desk(sqlite_product)
    browser = a_browser(sqlite_product, "safeguarding_lead")

    page = browser.get(path)
    assert "This task is for somebody else" in page.text
    assert "Finish this task" not in page.text
    assert browser.post(path, "/tasks", action="complete").status_code in {403, 422}


def test_a_task_is_taken_given_back_and_given_to_a_colleague(sqlite_product: Product) -> None:
    browser, path, _ = at_the_desk(sqlite_product)

    assert browser.post(f"{path}/claim", path).location.endswith(path)
    assert "This task is yours" in browser.get(path).text
    assert browser.post(f"{path}/release", path).status_code == 302
    assert "Nobody has taken this task yet" in browser.get(path).text
    lead = a_browser(sqlite_product, "lead")
    coordinator = sqlite_product.actor("coordinator")
    assert lead.post(f"{path}/assign", path, to=str(coordinator.id)).status_code == 302
    assert "This task is yours" in browser.get(path).text
    refused = a_browser(sqlite_product, "lead").post(f"{path}/claim", path)
    assert refused.status_code == 409


def test_somebody_signed_out_while_typing_sees_their_words(sqlite_product: Product) -> None:
    browser, path, _ = at_the_desk(sqlite_product)
    area = first_area(browser.get(path).text)
    token = browser.token(path)
    cookie = browser.client.get_cookie("rj").value
    browser.post("/sign-out", path)
    browser.client.set_cookie("rj", cookie)

    reply = browser.client.post(path, data={"csrf_token": token, area: "Words not to be lost", "action": "complete"})

    assert reply.status_code == 401
    assert "Words not to be lost" in reply.text
    assert "You have been signed out" in reply.text


def test_a_task_skipped_until_a_day_keeps_what_was_typed_and_says_when_it_comes_back(sqlite_product: Product) -> None:
    browser, path, _ = at_the_desk(sqlite_product)
    browser.post(f"{path}/claim", path)
    typed = posted(form_of(sqlite_product, path))
    on = clock.today() + timedelta(days=40)
    day = {"skip_on-day": str(on.day), "skip_on-month": str(on.month), "skip_on-year": str(on.year)}

    assert browser.post(path, path, action="until", skip_words="Their holiday", **day, **typed).status_code == 302

    page = words(browser.get(path).text)
    assert "Follow up on" in page
    assert "Their holiday" in page
    assert "Draft of" in page
    assert "Follow up on" in words(browser.get("/tasks?flag=skipped").text)
    assert browser.post(f"{path}/again", path).status_code == 302
    assert "Skip it no longer" not in browser.get(path).text


def test_a_day_that_is_none_is_refused_with_every_word_kept(sqlite_product: Product) -> None:
    browser, path, _ = at_the_desk(sqlite_product)
    typed = posted(form_of(sqlite_product, path))

    reply = browser.post(path, path, action="until", skip_words="Their holiday", **{"skip_on-day": "32"}, **typed)

    assert reply.status_code == 422
    assert "Give a real day" in reply.text
    assert 'value="Their holiday"' in reply.text
    assert 'value="32"' in reply.text
