"""A lead's Monday at the prison board, by mouse and by keyboard, on a desk and on a telephone."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from rj_engine import bpmn, clock, forms
from rj_engine.workflows.timed import timers
from tests.answers import typical
from tests.browser.hands import Hands, Keyboard, Mouse
from tests.browser.visiting import Visit
from tests.places import Product
from tests.prisons.asked import Asking

pytestmark = pytest.mark.browser
HANDS: Final = {"mouse": Mouse, "keyboard": Keyboard}
PICTURES: Final = os.environ.get("RJ_PICTURES")
"""Where somebody who wants to look at the pages has them put."""


def pictured(visit: Visit, name: str) -> None:
    """Check the page as it stands at both widths; no barrier, nothing to push sideways."""
    for width in (1280, 390):
        visit.page.set_viewport_size({"width": width, "height": 900})
        assert visit.barriers() == [], (name, width)
        assert not visit.overflows(), (name, width)
        if PICTURES:
            visit.page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
    visit.page.set_viewport_size({"width": 1280, "height": 900})


def a_monday(product: Product) -> dict[str, Any]:
    """Three requests whose rung is due, one that waits, one that may be answered, one whose victim is to be asked."""
    morning = clock.now().astimezone(clock.LONDON)  # days are taken from it in London's time, over the clocks' change
    silent = [Asking.sent(product, morning - timedelta(days=21)) for _ in range(3)]
    long = Asking.sent(product, morning - timedelta(days=60))
    for _ in range(4):
        with clock.at(long.ring()):
            long.do("chase")
    timers.fire_due()
    waits, answers = (Asking.sent(product, morning - timedelta(days=1)) for _ in range(2))
    return {"silent": silent, "long": long, "waits": waits, "answers": answers}


def tick(visit: Visit, hands: Hands, references: list[str]) -> None:
    """Tick these requests, from the top of the page."""
    for reference in references:
        box = visit.page.get_by_role("checkbox", name=f"Tick {reference}", exact=True)
        if isinstance(hands, Mouse):
            box.check()
        else:
            box.focus()
            visit.page.keyboard.press("Space")
        assert box.is_checked()


def choose(visit: Visit, hands: Hands, label: str, value: str) -> None:
    """Choose from a list below the table."""
    control = visit.page.get_by_label(label, exact=True)
    if isinstance(hands, Mouse):
        control.select_option(value)
        return
    control.focus()
    values = control.evaluate("list => [...list.options].map((one) => one.value)")
    way = values.index(value) - values.index(control.input_value())
    for _ in range(abs(way)):
        visit.page.keyboard.press("ArrowDown" if way > 0 else "ArrowUp")
    assert control.input_value() == value


def work(hands: Hands, form: str, **answers: Any) -> None:
    """Answer the task that is open on the page and finish it."""
    hands.answer(forms.parse(bpmn.forms()[form]), typical(form, **answers))
    hands.use("Finish this task")


@pytest.mark.parametrize("how", HANDS)
def test_a_leads_monday(visit: Visit, how: str) -> None:
    case, hands = a_monday(visit.product), HANDS[how](visit)
    page = visit.go("/sign-in")
    hands.sign_in("lead")
    visit.go("/prisons")
    pictured(visit, "board")

    tick(visit, hands, [asking.reference for asking in case["silent"]])
    choose(visit, hands, "What", "chase")
    hands.use("Do it")
    assert all(asking.request.chases[-1]["rung"] == 5 for asking in case["silent"])

    hands.use(f"Take it now the next rung for {case['waits'].reference}")
    assert case["waits"].open("chase") is not None

    hands.use(f"Record the prison's answer for {case['answers'].reference}")
    conditions = {"prison_outcome": "granted_conditions", "prison_conditions": "Two officers in the room."}
    work(hands, "prison_reply", **conditions, prison_decided_on=clock.today().isoformat())
    assert case["answers"].request.detail["conditions"] == ["Two officers in the room."]

    visit.go("/prisons")
    hands.use(f"Ask the victim whether to go on waiting for {case['long'].reference}")
    work(hands, "prison_choice", prison_outcome="victim_waits")
    assert case["long"].request.victim_choice == "victim_waits"

    visit.go(f"/cases/{case['long'].reference}/prison")
    pictured(visit, "history")
    visit.go("/prisons/week")
    pictured(visit, "week")
    page.goto(f"{visit.address}/prisons/figures", timeout=60_000)  # the first curve of a process loads its library
    pictured(visit, "figures")
    reply = page.request.get(f"{visit.address}/prisons/exception-report.pdf")
    assert reply.body().startswith(b"%PDF-")


def test_places_and_contacts_are_kept_on_a_telephone(visit: Visit) -> None:
    visit.sign_in("lead")
    page = visit.go("/prisons/places")
    pictured(visit, "places")
    page.get_by_label("Name, town or code").fill("Maidstone")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="HMP Maidstone").click()
    page.set_viewport_size({"width": 390, "height": 800})
    page.get_by_label("Email address").fill("omu@example.org")
    page.get_by_label("Name or role").fill("Duty desk")
    page.get_by_role("button", name="Add the contact").click()
    page.get_by_role("button", name="It bounced").click()
    assert page.get_by_text("Bounced", exact=False).first.is_visible()
    pictured(visit, "place")
