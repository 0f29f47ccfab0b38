"""What a new version steers by and an old one did not keep: taken from the answers there are, or the case stays."""

from __future__ import annotations

import json
from typing import Any, Final

from rj_engine import bpmn
from rj_engine.workflows.task.tasks import CompleteTask
from tests.places import Product
from tests.studio.drawing import a_draft, kept, text_of
from tests.studio.moving_cases import INTAKE, asked, expected, published, stands, worked
from tests.web.browsing import a_case, open_task, typical

SCREEN: Final = "safety_screen"

BEHIND: Final = "What comes next is decided by an answer of “Screen for safety”, which lies behind it"


def steered_by(product: Product, fact: str, *questions: dict[str, Any]) -> int:
    """Publish a front door where a letter is wanted only if `fact` says so; its form asks these besides."""
    draft, file = a_draft(product, INTAKE), f"{INTAKE}.bpmn"
    form = json.loads(text_of(product, draft, f"{SCREEN}.form"))
    form["components"].extend(questions)
    kept(product, draft, f"{SCREEN}.form", json.dumps(form))
    text = text_of(product, draft, file)
    arrow = text.index('sourceRef="letter_wanted" targetRef="send_acknowledgement"')
    begins = text.index(">", text.index("<bpmn:conditionExpression", arrow)) + 1
    ends = text.index("</bpmn:conditionExpression>", begins)
    kept(product, draft, file, f'{text[:begins]}{text[begins:ends]} and {fact} = "letter"{text[ends:]}')
    return published(product, draft)


def screened(product: Product) -> str:
    """A case whose safety screen is done."""
    reference = a_case(product)
    task = open_task(product, reference)
    product.do(CompleteTask, task.lane, task_id=task.id, answers=typical(task.form))
    return reference


def an_unread_answer(product: Product) -> str:
    """A question that the screen asks, somebody answered, and nothing in the shipped drawing reads."""
    drawn = b"".join(bpmn.pathways().values()).decode()
    asked_there = [one["key"] for one in questions(json.loads(bpmn.forms()[SCREEN])["components"])]
    return str(next(key for key in asked_there if key in typical(SCREEN) and key not in drawn))


def questions(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for part in parts for one in ([part] if "key" in part else []) + questions(part.get("components", []))]


def test_an_answer_that_only_the_new_version_reads_is_given_to_it(sqlite_product: Product) -> None:
    done, waits = screened(sqlite_product), a_case(sqlite_product)
    fact = an_unread_answer(sqlite_product)
    number = steered_by(sqlite_product, fact)
    assert {one.reference for one in expected(sqlite_product, number) if not one.why} == {done, waits}

    asked(sqlite_product, number)
    assert worked(sqlite_product) == 2

    (run,) = stands(sqlite_product, done).values()
    assert run["variables"][fact] == typical(SCREEN)[fact]
    (run,) = stands(sqlite_product, waits).values()
    assert fact not in run["variables"]


def test_a_case_that_was_never_asked_what_decides_cannot_be_moved(sqlite_product: Product) -> None:
    done, waits = screened(sqlite_product), a_case(sqlite_product)
    question = {"type": "textfield", "id": "field_letter_or_call", "key": "letter_or_call", "label": "Letter or call?"}

    found = {
        one.reference: one for one in expected(sqlite_product, steered_by(sqlite_product, question["key"], question))
    }

    assert found[done].why[0].startswith(BEHIND)
    assert found[waits].group == "whole"
