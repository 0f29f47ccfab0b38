"""How somebody may be reached: what was said when they were referred, read as rules that the contact log keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rj_engine import bpmn
from rj_engine.cases.case import Party

BLOCK: Final = "safe_contact_"
INCOMING: Final = "incoming"
VISIT: Final = "visit"
WAYS: Final[Mapping[str, str]] = {
    "call": "Phone call",
    "text": "Text message",
    "email": "Email",
    "post": "Post",
    "professional": "Through somebody who works with them",
    VISIT: "A meeting that they agreed to",
    "video": "A video call that they agreed to",
    INCOMING: "They got in touch with us",
}
AGREED_WITH_THEM: Final = frozenset({VISIT, INCOMING})
"""Ways that are theirs: no list has to allow them."""
WRITTEN: Final = frozenset({"text", "email", "post", "professional", INCOMING})
RESULTS: Final[Mapping[str, str]] = {
    "spoke": "We talked",
    "no_answer": "No answer",
    "message_left": "Message left or sent",
    "someone_else": "Somebody else answered",
    "not_safe": "It was not safe to talk",
    "wrong_details": "Wrong number or address",
}
MAY_LEAVE: Final = frozenset({"neutral", "yes"})


@dataclass(frozen=True, slots=True)
class SafeContact:
    """What is known of reaching one person; `asked` is whether anybody was asked what is safe."""

    asked: bool
    channels: frozenset[str]
    voicemail: str
    neutral_name: str
    code_word: str
    words_if_unsafe: str
    never_times: str
    best_times: str
    seen_by: str

    @property
    def ways(self) -> dict[str, str]:
        """The ways that may be used, in words."""
        return {way: words for way, words in WAYS.items() if self.allows(way)}

    @property
    def results(self) -> dict[str, str]:
        """What may have come of it: no message left where none may be left in any way."""
        may = self.may_leave_voicemail or any(self.allows(way) for way in WRITTEN - {INCOMING})
        return {result: words for result, words in RESULTS.items() if may or result != "message_left"}

    @property
    def may_leave_voicemail(self) -> bool:
        """Whether words may be left on their telephone, at least neutral ones; where nobody asked, none."""
        return self.voicemail in MAY_LEAVE

    def allows(self, way: str) -> bool:
        """Whether this way is safe as far as we know: with a victim nobody asked about, only what is theirs."""
        return way in WAYS and (way in AGREED_WITH_THEM or way in self.channels)


def of(person: Party) -> SafeContact:
    """What is known of one person.

    Whoever caused harm is asked through workers and has no such list: every way is open but a message left.
    """
    known = _block(person.contact or {})
    channels = known.get("channels")
    listed = frozenset(str(each) for each in channels) if isinstance(channels, list) else frozenset()
    if not known and person.wall == bpmn.parties()["harmer"]["wall"]:
        listed = frozenset(WAYS)
    return SafeContact(
        asked=bool(known),
        channels=listed,
        voicemail=str(known.get("voicemail") or "unknown"),
        neutral_name=str(known.get("neutral_name") or ""),
        code_word=str(known.get("code_word") or ""),
        words_if_unsafe=str(known.get("words_if_unsafe") or ""),
        never_times=str(known.get("never_times") or ""),
        best_times=str(known.get("best_times") or ""),
        seen_by=_seen_by(known),
    )


def _block(contact: Mapping[str, Any]) -> dict[str, Any]:
    return {key.partition(BLOCK)[2]: value for key, value in contact.items() if BLOCK in key and value}


def _seen_by(known: Mapping[str, Any]) -> str:
    """Who else may see what we send or hear who rings, in words."""
    if known.get("device_shared") == "yes":
        return str(known.get("device_who") or "Somebody else")
    return "Not known" if known.get("device_shared") == "not_known" else ""
