"""The letters of a pathway: which it names, what is wrong with them, and those that leave by themselves.

Only the referrer is written to without a person. Every other letter is made by somebody at a task (`drafts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases.case import Case, Strand
from rj_engine.errors import Finding
from rj_engine.letters import letter as heads
from rj_engine.letters import making, writing
from rj_engine.letters.letter import LetterBroken
from rj_engine.letters.making import Making
from rj_engine.people.staff import the_clock
from rj_engine.workflows.engine.definition import Definition, Element

REFERRER: Final = "referrer"


def named(definition: Definition) -> set[str]:
    """The letters a pathway sends, and those it offers at a task."""
    elements = definition.elements.values()
    return {name for element in elements for name in (*sent_by(element), *drafts_of(element))}


def sent_by(element: Element) -> list[str]:
    """The letter that a send task lets go."""
    return [element.properties["letter"]] if "letter" in element.properties else []


def drafts_of(element: Element) -> list[str]:
    """The letters that somebody may make at this task."""
    return element.properties.get("drafts", "").split()


def findings(definition: Definition, texts: Mapping[str, str]) -> list[Finding]:
    """What is wrong with these letters, or with where a pathway uses them."""
    wrong = [found for name, text in sorted(texts.items()) for found in heads.findings(name, text)]
    if wrong:
        return wrong
    return [
        Finding("letter_leaves_alone", f"“{name}” would leave without anybody, and is not to the referrer.", key)
        for key, element in definition.elements.items()
        for name in sent_by(element)
        if name in texts and heads.read(name, texts[name]).to != REFERRER
    ]


def written(session: Session, case: Case, name: str, texts: Mapping[str, str]) -> str:
    """A letter that leaves by itself, in plain words; breaks on any that is not the referrer's."""
    if name not in texts or heads.read(name, texts[name]).to != REFERRER:
        raise LetterBroken(letter=name)
    by = the_clock(case.service_id, "deliver")
    at_hand = Making(session=session, case=case, strand=Strand(case.id), by=by, now=clock.now())
    return writing.write(name, texts[name], making.view(at_hand, REFERRER)).text
