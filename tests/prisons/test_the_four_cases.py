"""Three of four: a quarter in which prisons were asked in four cases, and what the board says of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from rj_engine import clock
from rj_engine.demonstration import journeys, telling
from rj_engine.reports import exception_report, permission_figures
from tests.browsing import signed_in
from tests.places import Product

TOLD = json.loads((Path(__file__).parent / "the_four_cases.json").read_text(encoding="utf-8"))


@contextmanager
def the_quarter(product: Product, hands: journeys.Hands | None = None) -> Iterator[list[str]]:
    """The four cases as they stand at the end; their references."""
    stage = journeys.Stage(hands or journeys.Staff(), checks=False)
    references = []
    for one in TOLD["cases"]:
        answer = {"task": "record_answer", "who": "facilitator", "after": "5 working_days", "answers": one["answer"]}
        steps = [*TOLD["steps"], *([answer] if one["answer"] else [])]
        told = {"title": "Asked", "begins_as": "harmer_agreed", "as_far_as": "ask_worker", "steps": steps}
        journey = telling.whole({**told, "starts": one["starts"]})
        references.append(
            journeys.play(journey, stage, starts=datetime.fromisoformat(one["starts"] + "+00:00")).reference
        )
    with clock.at(datetime.fromisoformat(f"{TOLD['until']}T11:00+00:00")):
        journeys.pass_time()
        yield references


def test_the_board_shows_three_of_four_and_no_percentage(sqlite_product: Product) -> None:
    with the_quarter(sqlite_product) as references:
        page = signed_in(sqlite_product, "lead").get("/prisons").text
        lead = sqlite_product.actor("lead")
        until = date.fromisoformat(TOLD["until"])
        figures = permission_figures.figures(sqlite_product.session, lead.service_id, date(2024, 1, 1), until)

    assert "<strong>3 of 4</strong> requests for access waiting or refused, 1 granted" in page
    assert "%" not in page.partition("<main")[2].partition("</main>")[0]
    assert [reference in page for reference in references] == [False, True, True, True]
    assert (figures.requests, figures.granted, figures.refused, figures.waiting) == (4, 1, 1, 2)
    report = exception_report.document(figures, "Our service", until).text
    assert "Granted: 1 of 4; with conditions: 0 of 4." in report
    assert "%" not in report
    assert not any(name in report for name in ("HMP ", "HMP/", "Maidstone"))
