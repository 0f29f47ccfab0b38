"""Risk assessments: what was assessed, the level the gate gave, who signed, and until when it holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine import clock
from rj_engine.cases.case import Strand
from rj_engine.cases.records import Finished, records
from rj_engine.clock import Period
from rj_engine.database import Opened, Row, Sealed
from rj_engine.errors import Refused
from rj_engine.ledger import Entry

SENSITIVE: Final = frozenset({"DA", "SA", "STALKING", "HBA", "EXPLOITATION", "DEATH"})
PANEL_LEVEL: Final = 4
MAIN_GATE: Final = "rj_gate"
DAY_STAGE: Final = "pre_event"
"""The stage of an assessment made on the day of an exchange."""
RESULT: Final = "_result"
"""What the name of the decision ends in that tells level, floor, reasons and actions of a gate."""
VALIDITY: Final[Mapping[str, tuple[str, Period]]] = {
    "standard": ("risk_expiry_standard", Period(12, "weeks")),
    "sensitive": ("risk_expiry_sensitive", Period(4, "weeks")),
    "panel": ("panel_expiry", Period(8, "weeks")),
    "apvc_gate": ("risk_expiry_apvc", Period(4, "weeks")),
    "mediation_gate": ("risk_expiry_mediation", Period(8, "weeks")),
    "informal_gate": ("risk_expiry_informal", Period(5, "working_days")),
}
"""The clock that says how long a signature holds, and what holds where a version has no such clock (domain B.7)."""


class SignerIsAssessor(Refused):
    """Somebody other than the person who made this assessment has to sign it."""

    code = "signer_is_assessor"


class BelowTheFloor(Refused):
    """A panel or lead can tighten the gate's answer, never go under its floor."""

    code = "below_the_floor"


class NothingToSign(Refused):
    """There is no assessment of this step that still stands and waits for a signature. Send it back."""

    code = "nothing_to_sign"


class RiskAssessment(Row):
    """One assessment; `level` is what holds now: the gate's, or the tighter (or panel's) one that was signed."""

    __tablename__ = "risk_assessment"
    __table_args__ = (Index("ix_risk_assessment_case", "case_id", "assessed_at"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("run.id"))
    """The run in which it was made, and in which alone it can be signed."""
    gate: Mapped[str] = mapped_column(String(40), default=MAIN_GATE)
    """The decision whose levels these are."""
    stage: Mapped[str] = mapped_column(String(20))
    assessor_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    assessor_level: Mapped[int | None]
    """What the assessor was trained to on that day; kept, whatever they learn or let lapse later."""
    needed_level: Mapped[int | None]
    """What this case asked of whoever assesses it, with the facts found in this assessment."""
    assessed_at: Mapped[datetime]
    gate_level: Mapped[int]
    floor: Mapped[int]
    level: Mapped[int]
    sensitive: Mapped[bool]
    signer_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    signed_at: Mapped[datetime | None]
    valid_until: Mapped[date | None]
    superseded_at: Mapped[datetime | None]
    detail_sealed: Mapped[bytes] = mapped_column(Sealed)

    detail = Opened[dict[str, Any]]("detail_sealed")
    """Inputs, fired rows with their reasons and actions, the signer's words."""


@records("risk_assessment")
def keep_assessment(finished: Finished) -> list[Entry]:
    """Keep the assessment with the gate's answer; it supersedes the one before and is unsigned."""
    gate, decision = gate_answer(finished)
    supersede(finished.session, finished.strand, finished.now)
    flags = {str(flag) for flag in finished.variables.get("harm_flags") or []}
    row = RiskAssessment(
        case_id=finished.case.id,
        about_id=finished.strand.about_id,
        run_id=finished.run_id,
        gate=decision,
        stage=str(finished.variables.get("stage") or finished.properties.get("stage") or "initial")[:20],
        assessor_id=finished.by.id,
        assessor_level=finished.level,
        needed_level=finished.needed_level,
        assessed_at=finished.now,
        gate_level=int(gate["level"]),
        floor=int(gate.get("floor", 0)),
        level=int(gate["level"]),
        sensitive=bool(flags & SENSITIVE),
        detail={"inputs": dict(finished.answers), "gate": gate},
    )
    finished.session.add(row)
    told = {"stage": row.stage, "level": row.level, "floor": row.floor, "reasons": gate.get("reasons", [])}
    return [Entry("case:risk:assessed", told)]


def gate_answer(finished: Finished) -> tuple[dict[str, Any], str]:
    """The answer of the gate asked after the form, and which gate; without one nothing may pass (level 6)."""
    for decided in reversed(finished.decided):
        value = decided.get("value")
        if isinstance(value, Mapping) and "level" in value:
            return dict(value), str(decided["decision"]).removesuffix(RESULT)
    return {"level": 6, "floor": 6, "reasons": ["gate_not_run"], "actions": []}, MAIN_GATE


def supersede(session: Session, strand: Strand, now: datetime) -> None:
    """End what stands: something has changed, or a newer assessment takes its place."""
    earlier = *strand.of(RiskAssessment), RiskAssessment.superseded_at.is_(None)
    session.execute(update(RiskAssessment).where(*earlier).values(superseded_at=now))


@records("sign_off")
def keep_sign_off(finished: Finished) -> list[Entry]:
    """Sign the standing assessment at its level or a tighter one; a panel may settle level 4 at or above the floor.

    Whoever signs has read the assessment of their own run; another one's is not theirs to sign. One that something has
    ended meanwhile can still be sent back.
    """
    row = _waiting(finished)
    if row is not None and row.assessor_id is not None and row.assessor_id == finished.by.id:
        raise SignerIsAssessor
    if finished.answers.get("sign_off_decision") == "return":
        return [Entry("case:risk:returned", {"stage": row.stage if row else ""})]
    if row is None:
        raise NothingToSign
    row.level = _signed_level(row, finished)
    row.signer_id, row.signed_at = finished.by.id, finished.now
    row.valid_until = _valid_until(row, finished)
    row.detail = {**row.detail, "sign_off": dict(finished.answers)}
    told = {"stage": row.stage, "level": row.level, "valid_until": row.valid_until.isoformat()}
    return [Entry("case:risk:signed", told)]


def _valid_until(row: RiskAssessment, finished: Finished) -> date:
    """The last day on which the signature holds: the shortest of all that apply."""
    applies = [row.gate if row.gate in VALIDITY else "standard"]
    applies += ["sensitive"] if row.sensitive else []
    applies += ["panel"] if finished.properties.get("effect") == "panel_decision" else []
    today = finished.now.astimezone(clock.LONDON).date()
    held = (VALIDITY[one] for one in applies)
    return min(clock.due_on(today, finished.periods.get(key, default)) for key, default in held)


def _waiting(finished: Finished) -> RiskAssessment | None:
    """The standing assessment of this run, where nobody has signed it."""
    row = standing(finished.session, finished.strand)
    if row is None or row.signed_at is not None or row.run_id not in {None, finished.run_id}:
        return None
    return row


def _signed_level(row: RiskAssessment, finished: Finished) -> int:
    chosen = finished.answers.get("sign_off_level")
    level = row.gate_level if chosen in {None, ""} else int(str(chosen))
    panel = finished.properties.get("effect") == "panel_decision"
    lowest = row.floor if panel and row.gate_level == PANEL_LEVEL else row.gate_level
    if level < lowest or (level == PANEL_LEVEL and panel):
        raise BelowTheFloor(f"The lowest level that can be signed here is {lowest}.")
    return level


def standing(session: Session, strand: Strand) -> RiskAssessment | None:
    """The newest assessment of a strand that nothing has superseded."""
    where = *strand.of(RiskAssessment), RiskAssessment.superseded_at.is_(None)
    return session.scalars(
        select(RiskAssessment).where(*where).order_by(RiskAssessment.assessed_at.desc()).limit(1)
    ).one_or_none()


def history(session: Session, case_id: UUID) -> list[RiskAssessment]:
    """Every assessment of a case, newest first."""
    found = select(RiskAssessment).where(RiskAssessment.case_id == case_id)
    return list(session.scalars(found.order_by(RiskAssessment.assessed_at.desc())))
