"""Tasks over the API: find, open, take, keep, finish."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta

import pytest

from rj_engine import clock
from rj_engine.demonstration import journeys, telling
from rj_engine.workflows.rows import Task
from tests.answers import typical
from tests.api.problems import the_problem
from tests.places import Product

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def first_task(product: Product) -> str:
    """The screening of a new referral, open for a coordinator."""
    found: str = product.do_referral("coordinator")["next_tasks"][0]["id"]
    return found


def is_instant(text: str) -> bool:
    return INSTANT.fullmatch(text) is not None and datetime.fromisoformat(text).utcoffset() == timedelta(0)


def test_a_task_is_found_opened_and_finished_and_the_answer_names_the_next(product: Product) -> None:
    task = first_task(product)
    api = product.api("coordinator")

    (row,) = api.get("/tasks?queue=unclaimed").json["tasks"]
    assert (row["id"], row["assignee"], row["flags"]) == (task, None, [])
    assert is_instant(row["due_at"])
    assert is_instant(row["opened_at"])

    opened = api.get(f"/tasks/{task}").json
    assert opened["form"]["type"] == "default"
    assert {"id", "name", "case", "due_at", "form", "draft", "guidance", "blocked"} <= opened.keys()
    assert opened["case"]["reference"] == row["case"]
    assert is_instant(opened["due_at"])

    done = api.post(f"/tasks/{task}/complete", answers=typical("safety_screen"))
    assert done.status_code == 200
    assert done.json.keys() == {"case", "next_tasks"}
    assert done.json["case"] == row["case"]
    (following,) = done.json["next_tasks"]
    assert is_instant(following["due_at"])
    assert api.get(f"/tasks/{following['id']}").status_code == 200


def test_the_same_command_again_gets_the_same_answer_and_moves_nothing(product: Product) -> None:
    task, command_id = first_task(product), str(uuid.uuid4())
    api, answers = product.api("coordinator"), typical("safety_screen")

    first = api.post(f"/tasks/{task}/complete", command_id=command_id, answers=answers)
    again = api.post(f"/tasks/{task}/complete", command_id=command_id, answers=answers)

    assert (again.status_code, again.json) == (first.status_code, first.json)
    assert len(api.get("/tasks?queue=team").json["tasks"]) == 1


def test_a_command_id_of_somebody_elses_is_refused(product: Product) -> None:
    task, command_id = first_task(product), str(uuid.uuid4())
    product.api("coordinator").post(f"/tasks/{task}/claim", command_id=command_id)

    stolen = product.api("lead").post(f"/tasks/{task}/claim", command_id=command_id)

    the_problem(stolen, 422, "command_reused")


def test_a_command_id_used_again_for_another_task_is_refused_and_leaves_it_open(product: Product) -> None:
    first, second, command_id = first_task(product), first_task(product), str(uuid.uuid4())
    api = product.api("coordinator")
    assert api.post(f"/tasks/{first}/claim", command_id=command_id).status_code == 200

    the_problem(api.post(f"/tasks/{second}/claim", command_id=command_id), 422, "command_reused")

    assert api.get(f"/tasks/{second}").json["assignee"] is None


def test_whoever_comes_second_is_told_who_and_when(product: Product) -> None:
    task = first_task(product)
    product.api("coordinator").post(f"/tasks/{task}/complete", answers=typical("safety_screen"))

    problem = the_problem(
        product.api("lead").post(f"/tasks/{task}/complete", answers=typical("safety_screen")), 409, "task_gone"
    )

    assert problem["who"] == "Cora Invented"
    assert is_instant(problem["when"])
    assert "Cora Invented finished this task" in problem["detail"]


def test_a_task_that_the_case_left_behind_names_nobody(product: Product) -> None:
    played = journeys.play(telling.whole(telling.beginning("victim_met")), journeys.Stage(journeys.Staff()))
    api = product.api("facilitator")
    with clock.at(played.now + timedelta(hours=1)):
        (task,) = product.api("lead").get(f"/cases/{played.reference}").json["tasks"]
        withdrawn = api.post(f"/cases/{played.reference}/withdraw", party="victim", words="No longer.")
        assert withdrawn.status_code == 200
        problem = the_problem(api.post(f"/tasks/{task['id']}/complete", answers={}), 409, "task_gone")

    assert problem["who"] is None
    assert problem["detail"].startswith("The case moved on and closed this task on ")


def test_answers_that_cannot_be_taken_are_told_question_by_question(product: Product) -> None:
    task = first_task(product)
    api = product.api("coordinator")

    problem = the_problem(
        api.post(f"/tasks/{task}/complete", answers={"r0_living_together": "perhaps", "nothing": 1}),
        422,
        "invalid_answers",
    )

    assert {"r0_immediate_danger", "r0_living_together"} <= problem["fields"].keys()
    assert all(isinstance(text, str) for messages in problem["fields"].values() for text in messages)
    assert api.get(f"/tasks/{task}").json["closed_at"] is None


def test_contact_that_may_not_happen_is_refused_with_what_is_missing(product: Product) -> None:
    journey = telling.whole(telling.beginning("harmer_agreed"))
    before = [step.get("task") for step in journey.steps].index("approach_harmer")
    played = journeys.play(journey, journeys.Stage(journeys.Staff()), steps=before)
    api = product.api("facilitator")
    with clock.at(played.now + timedelta(weeks=60)):
        (task,) = api.get(f"/cases/{played.reference}").json["tasks"]
        form = product.session.get_one(Task, uuid.UUID(task["id"])).form
        problem = the_problem(api.post(f"/tasks/{task['id']}/complete", answers=typical(form)), 409, "contact_blocked")
        assert problem["missing"] == [
            "current consent of the victim to contact the harmer",
            "current risk assessment",
        ]
        assert api.get(f"/tasks/{task['id']}").json["blocked"] == problem["missing"]


def test_a_task_is_taken_given_back_and_handed_on(product: Product) -> None:
    task = first_task(product)
    coordinator, lead = product.api("coordinator"), product.api("lead")

    assert coordinator.post(f"/tasks/{task}/claim").json == {"task": task}
    assert coordinator.post(f"/tasks/{task}/claim").status_code == 200
    the_problem(lead.post(f"/tasks/{task}/claim"), 409, "task_taken")
    assert [row["id"] for row in coordinator.get("/tasks").json["tasks"]] == [task]
    assert coordinator.post(f"/tasks/{task}/release").status_code == 200
    assert coordinator.get("/tasks").json["tasks"] == []

    lead_id = str(product.actor("lead").id)
    assert coordinator.post(f"/tasks/{task}/assign", to=lead_id).status_code == 200
    assert lead.get("/tasks").json["tasks"][0]["assignee"] == lead_id
    wrong_lane = coordinator.post(f"/tasks/{task}/assign", to=str(product.actor("facilitator").id))
    the_problem(wrong_lane, 403, "not_your_lane")


def test_a_draft_is_ones_own_and_is_kept_sealed(product: Product) -> None:
    task = first_task(product)
    coordinator = product.api("coordinator")

    kept = coordinator.put(f"/tasks/{task}/draft", values={"r0_notes": "So far."})

    assert is_instant(kept.json["saved_at"])
    assert coordinator.get(f"/tasks/{task}").json["draft"] == {"r0_notes": "So far."}
    assert product.api("lead").get(f"/tasks/{task}").json["draft"] is None


def test_the_inbox_is_turned_page_by_page_without_a_gap(product: Product) -> None:
    made = {first_task(product) for _ in range(5)}
    api = product.api("coordinator")
    seen: list[str] = []
    cursor = ""
    while True:
        page = api.get(f"/tasks?queue=team&sort=due&limit=2{cursor and f'&cursor={cursor}'}").json
        assert len(page["tasks"]) <= 2
        seen += [row["id"] for row in page["tasks"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(made)
    assert set(seen) == made


@pytest.mark.parametrize("limit", ["0", "201", "-1", "many", "99999999999999999999"])
def test_a_page_has_one_to_two_hundred_rows(sqlite_product: Product, limit: str) -> None:
    problem = the_problem(sqlite_product.api("lead").get(f"/tasks?limit={limit}"), 422, "invalid_answers")
    assert problem["fields"].keys() == {"limit"}


def test_a_task_overdue_is_marked(sqlite_product: Product) -> None:
    first_task(sqlite_product)
    with clock.at(clock.now() + timedelta(days=30)):
        (row,) = sqlite_product.api("coordinator").get("/tasks?queue=team").json["tasks"]
    assert (row["overdue"], row["flags"]) == (True, ["overdue"])
