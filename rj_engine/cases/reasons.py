"""Reasons to close a case, as a service words and offers them; each counts as one that ships with the product.

So the figures of every service add up: a reason of its own is a finer word for a category, never a new one, and
whether a category counts as an outcome is not a service's to change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
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
    """One reason; `counted_as` is the category that figures count it in, itself where it ships with the product."""

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
        return bool(bpmn.closure_reasons()[self.counted_as]["rj_outcome"])

    @property
    def needs(self) -> str | None:
        """The effect that must have been done in the case."""
        effect: str | None = bpmn.closure_reasons()[self.counted_as].get("requires_effect")
        return effect


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


def offered(reasons: Mapping[str, Reason], pathway: str, drawn: Collection[str]) -> Iterator[Reason]:
    """What a form that draws these reasons offers in a pathway: each category, then the service's own words for it."""
    for category in drawn:
        of_it = [one for one in reasons.values() if one.counted_as == category]
        for one in sorted(of_it, key=lambda reason: (not reason.of_the_product, reason.label.lower())):
            if one.offered and pathway in one.pathways:
                yield one


def chosen(reasons: Mapping[str, Reason], key: str, pathway: str = "", drawn: Mapping[str, str] = NOT_DRAWN) -> Reason:
    """The reason somebody closes with, on a form that draws these: key of each to its words there, none for any.

    `ReasonNotOffered` where their service has none of that key, or not in that pathway, or the form does not draw it.
    """
    found = reasons.get(key)
    if found is None or not found.offered or (pathway and pathway not in found.pathways):
        raise ReasonNotOffered(reason=key)
    if drawn and found.counted_as not in drawn:
        raise ReasonNotOffered(reason=key)
    return found
