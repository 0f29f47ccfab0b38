"""The letters of a draft, as text: kept where their words tell nobody what they may not know, and can be written."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from rj_engine import bpmn
from rj_engine.commands import Command, Outcome, handles
from rj_engine.errors import Finding
from rj_engine.ledger import Entry
from rj_engine.letters import letter as heads
from rj_engine.workflows.studio import drafting
from rj_engine.workflows.studio.drafting import FileRefused
from rj_engine.workflows.studio.foreign import UNREADABLE

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,56}\.md\Z")
LONGEST: Final = 20_000
"""Characters of one letter."""


@dataclass(frozen=True, kw_only=True)
class KeepLetter(Command):
    """Keep the text of one letter of a draft, or put a new one in; no text brings the shipped one back."""

    draft_id: UUID
    edition: int
    name: str
    text: str


@handles(KeepLetter, verb="manage_pathways")
def keep(command: KeepLetter, session: Session, now: datetime) -> Outcome:
    """Refused with everything that is wrong with it: nothing of a letter is kept that could not be written."""
    draft = drafting.drawn_on(session, command.by, command.draft_id, command.edition)
    bundle = drafting.content(draft)
    text = command.text.replace("\r\n", "\n").strip() + "\n"
    if not text.strip():
        text = bpmn.letters().get(command.name, b"").decode()
    if found := wrong_with(command.name, text):
        raise FileRefused(found)
    if bundle.letters.get(command.name) != text:
        drafting.put(draft, replace(bundle, letters={**bundle.letters, command.name: text}), command.by, now)
    told = {"pathway": draft.pathway, "letter": command.name}
    return Outcome({"edition": draft.edition}, entries=[Entry("pathway:draft:letter_changed", told)])


def wrong_with(name: str, text: str) -> list[Finding]:
    """Its name, its length, its head, and every fact that its addressee may not be told."""
    if not NAME.match(name):
        return [Finding("letter_name", "Name the letter in lower case words joined by _, and .md: victim_update.md.")]
    if not 0 < len(text) <= LONGEST or UNREADABLE in text or "\0" in text:
        return [Finding("letter_text", f"A letter has words, and {LONGEST} characters at most.")]
    return list(heads.findings(name, text))
