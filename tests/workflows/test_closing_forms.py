"""A form that asks why a case ends is believed: what it draws is taken, and nothing else, whatever records it."""

from __future__ import annotations

import dataclasses
import json
import uuid
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Select, select

from rj_engine import clock
from rj_engine.cases.closure import Closure
from rj_engine.cases.lists import REASONS
from rj_engine.cases.reasons import ReasonNotOffered
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.forms import InvalidAnswers, parse, validate
from rj_engine.people.joining import operator
from rj_engine.workflows.engine.definition import PathwayRefused
from rj_engine.workflows.published import checking
from rj_engine.workflows.published.publishing import PublishBundle
from rj_engine.workflows.published.versions import Bundle
from rj_engine.workflows.rows import Answers, PathwayVersion, Task
from rj_engine.workflows.task.tasks import CompleteTask
from tests.places import Product
from tests.reliability.small_case import a_small_case, open_tasks, small_bundle
from tests.studio.listing import a_list, added, kept, published
from tests.web.browsing import a_browser

OLD = {"talk_held": "The family talked", "harmer_declined": "They said no", "victim_withdrew": "They stopped"}
"""A reason that nobody knows, one of the product's that is none of this pathway, and one that is."""
RECORDS_NOTHING = """camunda:formKey="weigh" camunda:dueDate="small_due">
        <bpmn:extensionElements>
          <camunda:properties>
"""
RECORDS = '<camunda:property name="record" value="closure"/>'
DRAWN = {"victim_withdrew": "They stopped", "signposted": "Sent on"}


def asking(drawn: dict[str, str], kind: str = "radio") -> str:
    """The form of the step `weigh`, which records no closure, with a question of why the case ends."""
    form = json.loads(small_bundle().forms["weigh"])
    values = [{"value": value, "label": label} for value, label in drawn.items()]
    form["components"].append({"type": kind, "key": "closure_reason", "label": "Why does it end?", "values": values})
    return json.dumps(form)


def closing(drawn: dict[str, str], *, records: bool = False) -> Bundle:
    """The small pathway with that form."""
    bundle = small_bundle({RECORDS_NOTHING: RECORDS_NOTHING + RECORDS} if records else None)
    return dataclasses.replace(bundle, forms={**bundle.forms, "weigh": asking(drawn)})


def stood_before(bundle: Bundle) -> None:
    """It was published when nobody looked at the reasons that a form draws."""
    stands = db.session.scalars(versions_of(bundle.pathway)).one()
    db.session.add(
        PathwayVersion(
            pathway=bundle.pathway,
            number=stands.number + 1,
            name=stands.name,
            checksum=bundle.checksum,
            bundle=bundle.packed(),
            published_at=clock.now(),
            published_by=stands.published_by,
        )
    )
    db.session.commit()


def versions_of(pathway: str) -> Select[PathwayVersion]:
    newest = select(PathwayVersion).where(PathwayVersion.pathway == pathway).order_by(PathwayVersion.number.desc())
    return newest.limit(1)


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


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("talk_held", ("The family talked", None)),
        ("harmer_declined", ("The harmer said no", "harmer_declined")),
        ("victim_withdrew", ("The victim withdrew", "victim_withdrew")),
    ],
)
def test_a_form_published_before_still_closes_cases_with_everything_it_draws(
    product: Product, reason: str, told: tuple[str, str | None]
) -> None:
    stood_before(closing(OLD, records=True))

    weighed(product, reason)

    row = product.session.scalars(select(Closure)).one()
    assert (row.reason, row.words, row.category) == (reason, *told)
    with pytest.raises(ReasonNotOffered):
        weighed(product, "signposted")


def test_the_page_of_such_a_form_offers_everything_it_draws(sqlite_product: Product) -> None:
    stood_before(closing(OLD, records=True))
    task = open_tasks(sqlite_product, a_small_case(sqlite_product))["weigh"]

    page = a_browser(sqlite_product, "coordinator").get(f"/tasks/{task}").text

    shown = [page.index(f'value="{key}"') for key in OLD]
    assert shown == sorted(shown)
    assert "The family talked" in page


def test_what_a_service_stopped_offering_stays_so_though_a_form_draws_it(sqlite_product: Product) -> None:
    draft = a_list(sqlite_product, REASONS)
    kept(sqlite_product, draft, "harmer_declined", offered=False)
    kept(sqlite_product, draft, "duplicate", pathways=["mediation"])
    published(sqlite_product, draft)
    stood_before(closing({**OLD, "duplicate": "Twice"}))

    for reason in ("harmer_declined", "duplicate"):
        with pytest.raises(ReasonNotOffered):
            weighed(sqlite_product, reason)


def test_a_form_that_draws_a_reason_nobody_could_close_with_is_not_published(sqlite_product: Product) -> None:
    assert sqlite_product
    with pytest.raises(PathwayRefused) as refusal:
        publish(closing(OLD, records=True))

    told = {one.code: one for one in refusal.value.findings}
    assert told.keys() == {"reason_unknown", "reason_elsewhere"}
    assert "“The family talked” (talk_held)" in told["reason_unknown"].message
    assert "“They said no” (harmer_declined)" in told["reason_elsewhere"].message
    assert {one.element for one in told.values()} == {"intake/weigh"}


def test_checking_a_diagram_tells_of_a_closing_form_of_another_pathway() -> None:
    diagram = small_bundle().diagrams["intake.bpmn"].replace('formKey="weigh"', 'formKey="close_case"')

    told = [one for one in checking.check({"intake.bpmn": diagram.encode()}) if one.code == "reason_elsewhere"]

    assert {one.element for one in told} == {"intake/weigh"}
    assert any("harmer_declined" in one.message for one in told)
    assert not any("transferred_area" in one.message for one in told)
