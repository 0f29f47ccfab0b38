"""The tables of trial runs: whose trial of which text, and how the invented world stood after each step."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rj_engine import sealing
from rj_engine.database import Opened, Row, Sealed


class TrialRun(Row):
    """One person's trial of a draft as it then stood; nobody else sees it, and it is thrown away after its day."""

    __tablename__ = "trial_run"

    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("pathway_draft.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), index=True)
    pathway: Mapped[str] = mapped_column(String(60))
    checksum: Mapped[str] = mapped_column(String(64))
    """Of the text that is tried; the draft may have been drawn on since."""
    bundle: Mapped[bytes]
    begun_at: Mapped[datetime]
    kept_until: Mapped[datetime] = mapped_column(index=True)
    offered_sealed: Mapped[bytes] = mapped_column(Sealed)

    offered = Opened[dict[str, Any]]("offered_sealed")
    """What stands in the forms before anybody types: {copied, referral, variables, answers by element or form}."""


class TrialStep(Row):
    """How a trial stood after one step, whole: going back is dropping the last one."""

    __tablename__ = "trial_step"
    __table_args__ = (UniqueConstraint("trial_id", "number"),)

    trial_id: Mapped[UUID] = mapped_column(ForeignKey("trial_run.id"))
    number: Mapped[int]
    at: Mapped[datetime]
    """What the trial's own clock shows."""
    image_sealed: Mapped[bytes] = mapped_column(Sealed)
    told_sealed: Mapped[bytes] = mapped_column(Sealed)

    told = Opened[dict[str, Any]]("told_sealed")
    """What was done in this step and what came of it: {did, words, decided, left, opened}."""

    @property
    def image(self) -> bytes:
        """The world as `trial_world` packs it."""
        return sealing.unseal(self.image_sealed, "trial_step", "image_sealed", self.id)

    @image.setter
    def image(self, value: bytes) -> None:
        self.image_sealed = sealing.seal(value, "trial_step", "image_sealed", self.id)
