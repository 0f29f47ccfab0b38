"""A gate that was made looser than its frozen cases allow is not published, and the check names the row."""

from __future__ import annotations

import dataclasses
import re
import uuid

import pytest

from rj_engine import bpmn, dmn
from rj_engine.commands import dispatch
from rj_engine.people.joining import operator
from rj_engine.workflows.engine.definition import PathwayRefused
from rj_engine.workflows.published import checking, publishing, witnessed
from rj_engine.workflows.published.publishing import PublishBundle
from tests.places import Product

GATE = bpmn.decisions()["rj_gate"].decode()


def with_level(row: str, level: int) -> str:
    """The risk gate with another level in one row, in both of its tables."""
    loosened, times = re.subn(
        rf'(<outputEntry id="{row}(?:_reason)?_level(?:_out)?"><text>|<outputEntry id="{row}_out"><text>)\d',
        rf"\g<1>{level}",
        GATE,
    )
    assert times, row
    return loosened


def dropped(text: str) -> list[str]:
    model = dmn.load(text.encode())
    found = witnessed.findings({one.id: model for one in model.decisions})
    return sorted({str(finding.element) for finding in found})


def test_the_shipped_gates_answer_their_frozen_cases_as_strictly_as_they_did() -> None:
    assert set(bpmn.witnessed()) == {"rj_gate", "apvc_gate", "mediation_gate", "informal_gate"}
    assert dropped(GATE) == []


def test_a_loosened_row_is_named_and_a_tightened_one_is_free() -> None:
    assert "G01" in dropped(with_level("G01", 0))
    strict = with_level("G01", 6)
    assert dropped(strict) == []


def test_checking_a_loosened_gate_tells_the_row_in_words() -> None:
    found = [one for one in checking.check({"rj_gate.dmn": with_level("G01", 0).encode()}) if one.element == "G01"]
    assert found
    assert found[0].code == "witness_drops"
    assert "Someone is in immediate danger." in found[0].message


def test_a_pathway_with_a_loosened_gate_is_not_published(sqlite_product: Product) -> None:
    assert sqlite_product
    bundle = publishing.shipped("renewal")
    loosened = dataclasses.replace(bundle, decisions={**bundle.decisions, "rj_gate.dmn": with_level("G01", 0)})
    with pytest.raises(PathwayRefused) as refusal:
        dispatch(PublishBundle(command_id=uuid.uuid4(), by=operator(), bundle=loosened))
    assert "G01" in {finding.element for finding in refusal.value.findings}
