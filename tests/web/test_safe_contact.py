"""Whoever is about to contact a victim sees first what is safe."""

from __future__ import annotations

from rj_engine.demonstration import journeys, telling
from tests.places import Product
from tests.web.browsing import a_browser, open_task, words

CODE_WORD = "bluebell"


def test_the_first_contact_shows_how_the_victim_may_be_reached(sqlite_product: Product) -> None:
    told = telling.beginning("case_study_begins")
    answers = {**told["referral"]["answers"], "safe_contact_code_word": CODE_WORD}
    journey = telling.whole({**told, "referral": {**told["referral"], "answers": answers}})
    reference = journeys.play(journey, journeys.Stage(journeys.Staff())).reference
    task = open_task(sqlite_product, reference)
    assert task.effect == "contact_victim"

    page = words(a_browser(sqlite_product, "facilitator").get(f"/tasks/{task.id}").text)

    assert "Safe contact" in page
    assert page.index("Safe contact") < page.index(CODE_WORD) < page.index("Guidance", page.index("Safe contact"))
