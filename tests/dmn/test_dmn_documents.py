"""What is refused before anything is read."""

from __future__ import annotations

from typing import Any

import pytest
from small_models import NAMESPACES, a_decision, a_file, a_literal, a_model

from rj_engine import dmn
from rj_engine.dmn.documents import LARGEST

GOOD = a_file(a_decision("d", a_literal("1")))


def codes(xml: bytes) -> list[str]:
    with pytest.raises(dmn.DecisionRefused) as refusal:
        dmn.load(xml)
    return [finding.code for finding in refusal.value.findings]


@pytest.mark.parametrize("version", sorted(NAMESPACES))
def test_a_model_of_each_version_decides(version: Any):
    model = a_model(a_decision("d", a_literal("40 + 2")), version=version)

    assert model.version == version
    assert model.decide("d", {}).value == 42


@pytest.mark.parametrize(
    "start",
    [
        b"<!DOCTYPE d>",
        b"<!doctype d>",
        b"<! DOCTYPE d>",
        b'<!DOCTYPE d [<!ENTITY a "b">]>',
        b'<!ENTITY a SYSTEM "file:///x">',
    ],
)
def test_a_document_type_or_entity_is_refused_before_parsing(start: Any):
    assert codes(start + GOOD) == ["doctype"]


def test_a_document_type_behind_a_byte_order_mark_is_refused():
    assert codes(b"\xef\xbb\xbf<!DOCTYPE d>" + GOOD) == ["doctype"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-le"])
def test_text_that_is_not_utf_8_is_refused(encoding: Any):
    assert codes(GOOD.decode().encode(encoding)) == ["not_utf8"]


def test_a_declaration_of_another_encoding_is_refused():
    assert codes(b"<?xml version='1.0' encoding='utf-7'?>" + GOOD) == ["not_utf8"]


def test_a_declaration_of_utf_8_and_a_byte_order_mark_are_welcome():
    assert dmn.load(b"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8' standalone='yes'?>" + GOOD).name == "small"


def test_more_than_512_kib_is_refused():
    assert codes(GOOD + b" " * LARGEST) == ["file_too_large"]


def test_broken_xml_is_refused_with_its_place():
    with pytest.raises(dmn.DecisionRefused) as refusal:
        dmn.load(b"<definitions>\n<decision></definitions>")
    [finding] = refusal.value.findings
    assert finding.code == "not_xml"
    assert finding.line == 2


@pytest.mark.parametrize("xml", [b"<definitions/>", b"<html/>", b"<definitions xmlns='urn:other'/>"])
def test_a_file_that_is_no_dmn_is_refused(xml: Any):
    assert codes(xml) == ["not_dmn"]


def test_nesting_beyond_all_use_is_refused_as_a_finding():
    assert codes(b"<a>" * 400 + b"</a>" * 400) == ["not_xml"]


def test_the_refusal_says_the_first_finding_in_a_sentence():
    with pytest.raises(dmn.DecisionRefused, match="cannot be used") as refusal:
        dmn.load(b"")
    assert refusal.value.code == "decision_refused"
