"""Every letter that ships is short, plain and calm: about what somebody of eleven can read."""

from __future__ import annotations

import dataclasses
import re
from statistics import fmean

import pytest

from rj_engine import bpmn
from rj_engine.letters import letter, writing
from rj_engine.letters.document import Document, Heading, Paragraph
from rj_engine.letters.views import VIEWS, known_to

TEXTS = {name: text.decode() for name, text in bpmn.letters().items()}
OFFICES = {"prison", "agency", "referrer"}
MEAN, LONGEST, LONG_WORDS = 16, 30, 0.12
"""Words a sentence on average, words of the longest, and the share of words with four syllables or more."""
LONGEST_LETTER = 260
SAID_TO_PEOPLE_NEVER = re.compile(
    r"\b(offender|perpetrator|survivor|stakeholder|pursuant|hereby|facilitat(?:e|ion)|commence|regarding|prior to)\b",
    re.IGNORECASE,
)
VOWELS = re.compile(r"[aeiouy]+")


def sample(name: str) -> Document:
    """The letter with every fact it may have."""
    to = letter.read(name, TEXTS[name]).to
    values = {each: ("A walk",) if "tuple" in str(field.type) else "Sam" for each, field in known_to(to).items()}
    return writing.write(name, TEXTS[name], VIEWS[to](**values))


def sentences(document: Document) -> list[str]:
    """Its sentences; a line that names somebody or says good-bye is none."""
    lines = [
        "".join(span.text for span in line)
        for block in document.blocks
        if not isinstance(block, Heading)
        for line in (block.lines if isinstance(block, Paragraph) else block.items)
    ]
    parts = [part.strip() for line in lines for part in re.split(r"(?<=[.!?:])\s+", line)]
    return [part for part in parts if len(part.split()) > 1]


def syllables(word: str) -> int:
    return max(1, len(VOWELS.findall(word.lower().removesuffix("e"))))


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_letter_is_written_with_every_fact_and_with_only_the_needed_ones(name: str) -> None:
    to = letter.read(name, TEXTS[name]).to
    view = VIEWS[to]
    needed = {
        each.name: None if each.metadata["optional"] else ("A walk",) if "tuple" in str(each.type) else "Sam"
        for each in dataclasses.fields(view)
    }
    assert sample(name).title
    assert "None" not in writing.write(name, TEXTS[name], view(**needed)).text


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_its_head_names_the_facts_it_uses_and_no_more(name: str) -> None:
    found = letter.read(name, TEXTS[name])
    assert {each for each in found.facts if each not in found.body} == set()


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_its_sentences_are_short_and_its_words_are_plain(name: str) -> None:
    said = sentences(sample(name))
    counts = [len(one.split()) for one in said]
    words = [word for one in said for word in re.findall(r"[A-Za-z']+", one)]
    long_words = sum(syllables(word) >= 4 for word in words) / len(words)
    assert fmean(counts) <= MEAN
    assert max(counts) <= LONGEST, max(said, key=lambda one: len(one.split()))
    assert long_words <= LONG_WORDS
    assert len(words) <= LONGEST_LETTER


@pytest.mark.parametrize("name", sorted(name for name in TEXTS if letter.read(name, TEXTS[name]).to not in OFFICES))
def test_a_letter_to_a_person_uses_no_word_of_an_office_and_says_who_writes(name: str) -> None:
    text = sample(name).text
    found = letter.read(name, TEXTS[name])
    assert SAID_TO_PEOPLE_NEVER.findall(text) == []
    assert {"facilitator_name", "service_contact", f"{found.to}_name"} <= set(found.facts)


def test_nobody_who_is_hurt_is_told_where_the_other_is_or_what_they_said() -> None:
    for name, text in TEXTS.items():
        if letter.read(name, text).to in {"victim", "parent_carer", "sibling"}:
            assert not re.search(r"\b(prison|prisoner|custody|cell|jail|establishment|he|she)\b", text), name
