"""Reasons to close a case, as a service words and offers them; each counts as one that ships with the product.

So the figures of every service add up: a reason of its own is a finer word for a category, never a new one, and
whether a category counts as an outcome is not a service's to change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from rj_engine import bpmn
from rj_engine.cases import lists
from rj_engine.errors import Refused

ALWAYS: Final = "out_of_scope"
"""What a case is closed with when nothing that ended in it gave a reason."""
ASKED_FOR: Final = "closure_reason"
"""The question of a form that asks for it."""
NOT_DRAWN: Final[Mapping[str, str]] = MappingProxyType({})


class ReasonNotOffered(Refused):
    """Your service does not close this kind of case for that reason. Choose another one from the list."""

    code = "reason_not_offered"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; `counted_as` is the category that figures count it in, itself where it ships with the product.

    Empty where a form draws a reason that nobody knows: that is no outcome, and needs nothing to have been done.
    """

    key: str
    label: str
    counted_as: str
    pathways: frozenset[str]
    decided_by: str
    offered: bool = True

    @property
    def of_the_product(self) -> bool:
        """Whether it ships with the product."""
        return self.key == self.counted_as

    @property
    def outcome(self) -> bool:
        """Whether it counts as a restorative outcome."""
        return bool(self._category.get("rj_outcome"))

    @property
    def needs(self) -> str | None:
        """The effect that must have been done in the case."""
        effect: str | None = self._category.get("requires_effect")
        return effect

    @property
    def _category(self) -> Mapping[str, Any]:
        return bpmn.closure_reasons().get(self.counted_as, {})


def of_the_product() -> dict[str, dict[str, Any]]:
    """The reasons that ship with the product, as rows of a service's list."""
    return {
        key: {
            "label": known["label"],
            "counted_as": key,
            "pathways": sorted(known["pathways"]),
            "decided_by": known["decided_by"],
            "offered": True,
        }
        for key, known in bpmn.closure_reasons().items()
    }


def read(rows: lists.Rows) -> dict[str, Reason]:
    """The reasons of a list; those of the product that it does not name are offered in the product's words."""
    return {
        key: Reason(key, row["label"], row["counted_as"], frozenset(row["pathways"]), row["decided_by"], row["offered"])
        for key, row in {**of_the_product(), **rows}.items()
        if row["counted_as"] in bpmn.closure_reasons()
    }


def known(session: Session, service_id: UUID, at: datetime) -> Mapping[str, Reason]:
    """Every reason of a service, offered or not, as its list stood at that moment."""
    standing = lists.standing(session, service_id, lists.REASONS, at)
    return read(standing.rows if standing else {})


def offered(reasons: Mapping[str, Reason], pathway: str, drawn: Mapping[str, str]) -> Iterator[Reason]:
    """What a form that draws these (key to its words) offers: each, then the service's own words for it.

    One that nobody knows, drawn before that was looked for, stays as it is drawn: the form has to be answered.
    """
    shown: set[str] = set()
    for key, words in drawn.items():
        of_it = [one for one in reasons.values() if key in {one.key, one.counted_as} and one.key not in shown]
        for one in sorted(of_it, key=lambda reason: (reason.key != key, reason.label.lower())):
            if _taken(one, pathway, drawn):
                shown.add(one.key)
                yield one
        if key not in reasons:
            yield _as_drawn(key, words, pathway)


def chosen(reasons: Mapping[str, Reason], key: str, pathway: str = "", drawn: Mapping[str, str] = NOT_DRAWN) -> Reason:
    """The reason somebody closes with, on a form that draws these: key of each to its words there, none for any.

    `ReasonNotOffered` for all that `offered` leaves out; with no form, where the service does not offer it there.
    """
    if key not in reasons and key in drawn:
        return _as_drawn(key, drawn[key], pathway)
    found = reasons.get(key)
    if found is None or not _taken(found, pathway, drawn):
        raise ReasonNotOffered(reason=key)
    return found


def _taken(one: Reason, pathway: str, drawn: Mapping[str, str]) -> bool:
    """Whether a form takes it: the service's list decides, except of what it cannot offer and the form draws.

    No list can offer a category in a pathway that the product does not name for it, so there the drawing stands.
    """
    if not one.offered or (drawn and not drawn.keys() & {one.key, one.counted_as}):
        return False
    beyond = one.key in drawn and pathway not in bpmn.closure_reasons()[one.counted_as]["pathways"]
    return not pathway or pathway in one.pathways or beyond


def _as_drawn(key: str, words: str, pathway: str) -> Reason:
    """What a form draws and no list knows: closed with in the form's words, and counted as nothing."""
    return Reason(key, words, "", frozenset({pathway}), "")
