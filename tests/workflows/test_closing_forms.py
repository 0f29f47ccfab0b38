"""A form that asks why a case ends is believed: what it draws is taken, and nothing else, whatever records it."""

from __future__ import annotations

import dataclasses
import json
import uuid
from typing import Any
from uuid import UUID

import pytest

from rj_engine.cases.lists import REASONS
from rj_engine.cases.reasons import ReasonNotOffered
from rj_engine.commands import dispatch
from rj_engine.forms import InvalidAnswers, parse, validate
from rj_engine.people.joining import operator
from rj_engine.workflows.published.publishing import PublishBundle
from rj_engine.workflows.published.versions import Bundle
from rj_engine.workflows.rows import Answers, Task
from rj_engine.workflows.task.tasks import CompleteTask
from tests.places import Product
from tests.reliability.small_case import a_small_case, open_tasks, small_bundle
from tests.studio.listing import a_list, added, kept, published

DRAWN = {"victim_withdrew": "They stopped", "signposted": "Sent on"}


def asking(drawn: dict[str, str], kind: str = "radio") -> str:
    """The form of the step `weigh`, which records no closure, with a question of why the case ends."""
    form = json.loads(small_bundle().forms["weigh"])
    values = [{"value": value, "label": label} for value, label in drawn.items()]
    form["components"].append({"type": kind, "key": "closure_reason", "label": "Why does it end?", "values": values})
    return json.dumps(form)


def closing(drawn: dict[str, str]) -> Bundle:
    """The small pathway with that form."""
    bundle = small_bundle()
    return dataclasses.replace(bundle, forms={**bundle.forms, "weigh": asking(drawn)})


def publish(bundle: Bundle) -> None:
    dispatch(PublishBundle(command_id=uuid.uuid4(), by=operator(), bundle=bundle))


def weighed(product: Product, reason: str) -> Any:
    """Finish that step of a new case for a reason; what was kept of the answers."""
    task: UUID = open_tasks(product, a_small_case(product))["weigh"]
    try:
        product.do(CompleteTask, "coordinator", task_id=task, answers={"weight": "light", "closure_reason": reason})
    except ReasonNotOffered:
        product.session.expire_all()
        assert product.session.get_one(Task, task).closed_at is None
        raise
    return product.session.query(Answers).filter_by(task_id=task).one().values["closure_reason"]


def test_a_known_reason_that_the_form_does_not_draw_is_refused_though_nothing_records_a_closure(
    product: Product,
) -> None:
    publish(closing(DRAWN))

    assert weighed(product, "signposted") == "signposted"
    for undrawn in ("transferred_area", "words_of_ours"):
        with pytest.raises(ReasonNotOffered):
            weighed(product, undrawn)


def test_a_reason_of_the_services_own_is_taken_where_the_form_draws_its_category(sqlite_product: Product) -> None:
    draft = a_list(sqlite_product, REASONS)
    drawn = added(sqlite_product, draft, "They stopped after a talk", "victim_withdrew")
    undrawn = added(sqlite_product, draft, "Moved to another county", "transferred_area")
    kept(sqlite_product, draft, "signposted", label="Sent to a friend of ours")
    published(sqlite_product, draft)
    publish(closing(DRAWN))

    assert weighed(sqlite_product, drawn) == drawn
    with pytest.raises(ReasonNotOffered):
        weighed(sqlite_product, undrawn)


def test_a_checklist_of_reasons_takes_only_what_it_draws() -> None:
    form = parse(asking(DRAWN, "checklist"))

    with pytest.raises(InvalidAnswers):
        validate(form, {"weight": "light", "closure_reason": ["transferred_area"]}, {})
