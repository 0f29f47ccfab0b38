"""Two leads at two browsers record different answers to one request: one counts, and the other loses no word."""

from __future__ import annotations

from typing import Any, Final

import pytest
from playwright.sync_api import Browser

from rj_engine import bpmn, clock, forms
from rj_engine.database import db
from rj_engine.people.staff import Staff
from tests.answers import typical
from tests.browser.conftest import served
from tests.browser.hands import Hands
from tests.browser.test_prisons import HANDS, pictured
from tests.browser.visiting import Visit
from tests.places import Product
from tests.prisons.asked import Asking

pytestmark = pytest.mark.browser
WORDS: Final = "They said that no room is free before March."
CONDITIONS: Final = "Two officers in the room."
REFUSED: Final = {
    "prison_outcome": "refused",
    "prison_reason_code": "no_room_or_staff",
    "prison_decided_by": "prison",
    "prison_in_writing": "no",
    "prison_consulted": "no",
    "prison_reason_words": WORDS,
}
GRANTED: Final = {"prison_outcome": "granted_conditions", "prison_conditions": CONDITIONS}


def a_second_lead(product: Product) -> str:
    """A colleague of the same team who is a lead too; their name."""
    person = product.session.get_one(Staff, product.actor("facilitator").id)
    person.roles = ["lead"]
    name = person.name
    db.session.commit()
    return name


def typed(visit: Visit, hands: Hands, who: str, task: Any, **answers: Any) -> None:
    """Sign in, open the task, and answer everything but press no button."""
    visit.go("/sign-in")
    hands.sign_in(who)
    visit.go(f"/tasks/{task}")
    told = typical("prison_reply", **answers, prison_decided_on=clock.today().isoformat())
    hands.answer(forms.parse(bpmn.forms()["prison_reply"]), told)


@pytest.mark.parametrize("how", HANDS)
def test_the_second_of_two_leads_is_told_what_stands_and_goes_on_with_every_word(
    chromium: Browser, sqlite_product: Product, how: str
) -> None:
    product = sqlite_product
    asking, late = Asking.sent(product, clock.now()), a_second_lead(product)
    first_name, task = product.actor("lead").name, asking.open("record_answer")

    with (
        served(product) as address,
        Visit.opened(chromium, address, product) as first,
        Visit.opened(chromium, address, product) as second,
    ):
        typed(second, HANDS[how](second), "facilitator", task, **REFUSED)
        typed(first, HANDS[how](first), "lead", task, **GRANTED)
        HANDS[how](first).use("Finish this task")
        HANDS[how](second).use("Finish this task")

        said = second.page.locator("main").inner_text()
        assert f"{first_name} finished this task on" in said
        assert "What you typed was kept" in said
        assert CONDITIONS in said
        assert WORDS in second.page.locator("table").inner_text()
        assert WORDS in second.page.get_by_label("What will stand beside the record").input_value()
        pictured(second, f"two-leads-{how}")
        assert asking.request.decision == "granted_conditions"

        HANDS[how](second).use("Keep my words beside the record")

        assert WORDS in second.page.locator("main").inner_text()
        assert late in second.page.locator("main").inner_text()
        pictured(second, f"two-leads-kept-{how}")
        assert asking.request.decision == "granted_conditions"
        assert second.troubles == []
