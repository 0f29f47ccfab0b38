"""Cases, referrals and pathways over the API: what each caller may see of them."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import update

from rj_engine import clock
from rj_engine.cases import queries
from rj_engine.cases.case import Case
from rj_engine.commands import NotAllowed
from rj_engine.database import db
from tests.answers import typical
from tests.api.problems import the_problem
from tests.api.test_tasks import is_instant
from tests.places import Product


def test_a_referral_makes_a_case_once(product: Product) -> None:
    api, command_id = product.api("coordinator"), str(uuid.uuid4())

    made = api.post("/referrals", command_id=command_id, answers=typical("referral"))
    again = api.post("/referrals", command_id=command_id, answers=typical("referral"))

    assert (made.status_code, again.status_code) == (201, 201)
    assert made.json == again.json
    assert made.json.keys() == {"reference", "case", "next_tasks"}
    assert made.json["reference"] == made.json["case"]
    assert made.json["next_tasks"][0]["lane"] == "coordinator"
    assert [case["reference"] for case in api.get("/cases").json["cases"]] == [made.json["reference"]]


def test_a_case_tells_its_people_consents_tasks_and_history(product: Product) -> None:
    reference = product.do_referral("coordinator")["reference"]

    case = product.api("facilitator").get(f"/cases/{reference.lower()}").json

    assert (case["reference"], case["status"], case["pathway"]) == (reference, "open", "intake")
    assert [(person["role"], person["name"], person["wall"]) for person in case["people"]] == [
        ("victim", "Alder Invented", "V"),
        ("harmer", "Hazel Invented", "H"),
    ]
    assert len(case["tasks"]) == 1
    assert case["timeline"][0]["tag"] == "case:referral:received"
    assert all(is_instant(entry["at"]) for entry in case["timeline"])
    assert is_instant(case["opened_at"])
    assert case["closed_at"] is None


def test_a_referrer_gets_reference_status_and_date_of_their_own_and_nothing_else(product: Product) -> None:
    referrer = product.api("referrer")
    made = referrer.post("/referrals", answers=typical("referral"))
    product.do_referral("coordinator")

    assert made.status_code == 201
    assert made.json["next_tasks"] == []
    assert referrer.get("/cases").json["next_cursor"] is None
    (told,) = referrer.get("/cases").json["cases"]
    assert told.keys() == {"reference", "status", "opened_at"}
    assert (told["reference"], told["status"]) == (made.json["reference"], "open")
    assert is_instant(told["opened_at"])
    the_problem(referrer.get(f"/cases/{made.json['reference']}"), 403, "not_allowed")
    the_problem(referrer.get("/tasks?queue=team"), 403, "not_allowed")


def test_a_referrer_is_not_told_that_a_case_has_stopped(sqlite_product: Product) -> None:
    made = sqlite_product.api("referrer").post("/referrals", answers=typical("referral")).json["reference"]
    sqlite_product.session.execute(update(Case).values(status="frozen"))
    db.session.commit()

    referrer = sqlite_product.api("referrer")
    assert [(case["reference"], case["status"]) for case in referrer.get("/cases").json["cases"]] == [(made, "open")]
    assert referrer.get("/cases?state=frozen").json["cases"] == []
    assert sqlite_product.api("lead").get("/cases?state=frozen").json["cases"][0]["status"] == "frozen"


def test_a_commissioner_has_no_token_and_would_see_no_case_with_one(sqlite_product: Product) -> None:
    sqlite_product.do_referral("coordinator")
    with pytest.raises(NotAllowed):
        sqlite_product.token("commissioner")
    assert queries.page(sqlite_product.session, sqlite_product.actor("commissioner"), state="all") == ([], None)
    with pytest.raises(NotAllowed):
        queries.own_referrals(sqlite_product.session, sqlite_product.actor("commissioner"))


def test_cases_are_listed_page_by_page_newest_first(product: Product) -> None:
    start = clock.now()
    made = []
    for minutes in range(53):
        with clock.at(start + timedelta(minutes=minutes)):
            made.append(product.do_referral("coordinator")["reference"])
    api = product.api("coordinator")

    first = api.get("/cases").json
    second = api.get(f"/cases?cursor={first['next_cursor']}").json

    assert [case["reference"] for case in (*first["cases"], *second["cases"])] == made[::-1]
    assert (len(first["cases"]), second["next_cursor"]) == (50, None)
    the_problem(api.get("/cases?cursor=EC-ZZZZZZ"), 422, "no_such_page")


def test_a_case_is_searched_by_the_beginning_of_its_reference(product: Product) -> None:
    made = [product.do_referral("coordinator")["reference"] for _ in range(3)]
    api = product.api("coordinator")

    assert [case["reference"] for case in api.get(f"/cases?query={made[1].lower()}").json["cases"]] == [made[1]]
    assert len(api.get("/cases?query=EC-&state=all").json["cases"]) == 3
    assert api.get("/cases?query=%25").json["cases"] == []
    assert api.get("/cases?state=closed").json["cases"] == []


def test_a_withdrawal_is_recorded_once(product: Product) -> None:
    reference, command_id = product.do_referral("coordinator")["reference"], str(uuid.uuid4())
    api = product.api("facilitator")

    first = api.post(f"/cases/{reference}/withdraw", command_id=command_id, party="victim", words="No longer.")
    again = api.post(f"/cases/{reference}/withdraw", command_id=command_id, party="victim", words="No longer.")

    assert first.status_code == 200
    assert first.json == again.json
    assert is_instant(api.get(f"/cases/{reference}").json["people"][0]["withdrawn_at"])
    the_problem(api.post(f"/cases/{reference}/withdraw", party="somebody"), 422, "invalid_answers")


def test_pathways_are_told_with_their_content(sqlite_product: Product) -> None:
    api = sqlite_product.api("facilitator")

    listed = api.get("/pathways").json["pathways"]
    assert {"intake", "victim_initiated_rj"} <= {row["pathway"] for row in listed}
    assert all(is_instant(row["published_at"]) for row in listed)

    version = api.get("/pathways/intake/versions/1").json
    assert version["diagrams"]["intake.bpmn"].startswith("<?xml")
    assert version["forms"]["safety_screen"]
    for unknown in (
        "/pathways/intake/versions/99",
        "/pathways/nothing/versions/1",
        "/pathways/intake/versions/9999999999",
    ):
        the_problem(api.get(unknown), 404, "not_found")
