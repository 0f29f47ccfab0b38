"""Refusals place by place, and what became of them: whether anybody asked again, and whether that helped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from rj_engine.prisons.requests import PrisonRequest
from rj_engine.prisons.shapes import GRANTED

ROW: Final = PrisonRequest
AGAIN: Final = "ask_again"
LET_STAND: Final = "take_it"
REFUSED: Final = "refused"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The refusals of one place."""

    refused: int
    asked_again: int
    let_stand: int
    reviews: int
    """Requests that were reviews of a refusal, whatever came of them."""
    turned: int
    """Of `reviews`, those that were granted."""

    @property
    def not_reviewed(self) -> int:
        """Refusals that no lead has looked at yet."""
        return self.refused - self.asked_again - self.let_stand


def by_place(session: Session, service_id: UUID, since: date, until: date) -> Mapping[str, Reviewed]:
    """Every place that refused a request sent from `since` to `until`, the most refusals first."""
    refused, review = ROW.decision == REFUSED, ROW.is_review.is_(True)
    sums = (
        _count(refused), _count(refused, ROW.review_next == AGAIN), _count(refused, ROW.review_next == LET_STAND),
        _count(review), _count(review, ROW.decision.in_(GRANTED)),
    )  # fmt: skip
    within = ROW.service_id == service_id, ROW.sent_on >= since, ROW.sent_on <= until, or_(refused, review)
    asked = select(ROW.establishment, *sums).where(*within).group_by(ROW.establishment)
    found = {place: Reviewed(*counts) for place, *counts in session.connection().execute(asked)}
    ordered = sorted(found.items(), key=lambda pair: (-pair[1].refused, pair[0]))
    return {place: known for place, known in ordered if known.refused}


def _count(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows fit all of them."""
    return func.count().filter(*conditions)
