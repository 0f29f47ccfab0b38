"""What a pathway names must be in its bundle, or it is not published."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import func, select

from rj_engine.people.joining import operator
from rj_engine.workflows.engine.definition import PathwayRefused
from rj_engine.workflows.published import publishing
from rj_engine.workflows.published.publishing import PublishBundle
from rj_engine.workflows.rows import PathwayVersion, Task
from tests.reliability.small_case import a_small_case, publish_small_pathway
from tests.workflows.test_incidents import complete


def publish(product, bundle):
    import uuid

    from rj_engine.commands import dispatch

    return dispatch(PublishBundle(command_id=uuid.uuid4(), by=operator(), bundle=bundle))


def count(product):
    return product.session.scalar(select(func.count()).select_from(PathwayVersion))


def without(mapping, key):
    return {name: value for name, value in mapping.items() if name != key}


@pytest.mark.parametrize(
    ("part", "key", "code"),
    [
        ("clocks", "", None),
        ("forms", "safety_screen", "no_such_form"),
        ("letters", "referrer_acknowledgement.md", "no_such_letter"),
    ],
)
def test_a_pathway_that_names_what_is_not_there_is_refused_and_nothing_is_stored(sqlite_product, part, key, code):
    bundle = publishing.shipped("intake")
    key = key or min(_used_clocks(bundle))
    before = count(sqlite_product)

    with pytest.raises(PathwayRefused) as refusal:
        publish(sqlite_product, dataclasses.replace(bundle, **{part: without(getattr(bundle, part), key)}))

    assert refusal.value.findings
    assert code is None or code in {finding.code for finding in refusal.value.findings}
    assert any(key in finding.message for finding in refusal.value.findings)
    assert count(sqlite_product) == before


def test_a_condition_on_a_fact_that_nobody_tells_is_refused_with_the_nearest_that_somebody_does(sqlite_product):
    bundle = publishing.shipped("complaint")
    text = bundle.diagrams["complaint.bpmn"].replace("complaint_result)<", "complaint_reslt)<")
    assert text != bundle.diagrams["complaint.bpmn"]

    with pytest.raises(PathwayRefused) as refusal:
        publish(sqlite_product, dataclasses.replace(bundle, diagrams={**bundle.diagrams, "complaint.bpmn": text}))

    (found,) = [one for one in refusal.value.findings if one.code == "unknown_fact"]
    assert "“complaint_result”" in found.message
    assert found.element.startswith("complaint/flow_")


def _used_clocks(bundle):
    from rj_engine.workflows.engine import parsing

    sources = {name: text.encode() for name, text in bundle.diagrams.items()}
    return parsing.parse(f"{bundle.pathway}.bpmn", sources, {}).clocks


def test_the_same_content_again_is_no_new_version(sqlite_product):
    before = count(sqlite_product)
    told = publish(sqlite_product, publishing.shipped("intake"))
    assert told["new"] is False
    assert count(sqlite_product) == before


@pytest.mark.parametrize(
    ("drawn", "redrawn", "code"),
    [
        ('name="min_level" value="intermediate"', 'name="min_level" value="wise"', "unknown_level"),
        ('name="min_level" value="intermediate"', 'name="skills" value="tea dash"', "unknown_module"),
    ],
)
def test_a_pathway_that_asks_for_training_nobody_can_have_is_refused(sqlite_product, drawn, redrawn, code):
    bundle = publishing.shipped("victim_initiated_rj")
    diagrams = {name: text.replace(drawn, redrawn) for name, text in bundle.diagrams.items()}
    assert diagrams != bundle.diagrams

    with pytest.raises(PathwayRefused) as refusal:
        publish(sqlite_product, dataclasses.replace(bundle, diagrams=diagrams))

    assert {finding.code for finding in refusal.value.findings} == {code}


def test_a_case_that_runs_stays_on_the_version_it_began_with(product):
    publish_small_pathway()
    old = a_small_case(product)
    publish_small_pathway({"Call the victim": "Ring the victim", "Weigh it": "Weigh it anew"})
    new = a_small_case(product)

    for case in (old, new):
        complete(product, case, "call", contact_words="Nobody there.", again="yes")
    assert told(product, old) == ["Call the victim", "Call the victim", "Weigh it"]
    assert told(product, new) == ["Ring the victim", "Ring the victim", "Weigh it anew"]


def told(product, case):
    return sorted(product.session.scalars(select(Task.name).where(Task.case_id == case)))
