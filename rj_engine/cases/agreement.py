"""What was agreed, promise by promise: who, what, by when, and how each promise was kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rj_engine.cases import shapes
from rj_engine.cases.case import Strand
from rj_engine.cases.records import Finished, records
from rj_engine.cases.shapes import Shape
from rj_engine.database import Opened, Row, Sealed
from rj_engine.ledger import Entry

MOST_ITEMS: Final = 5
NUMBERS: Final = range(1, MOST_ITEMS + 1)
STATUSES: Final = ("kept", "partly", "broken", "calmer", "not_due")
OPEN: Final = frozenset({"", "not_due", "partly"})
"""A promise that somebody has yet to look at again."""


class Agreement(Row):
    """One talk about what shall be done; `made` is false where the talking was the outcome."""

    __tablename__ = "agreement"
    __table_args__ = (Index("ix_agreement_case", "case_id", "recorded_at"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    made: Mapped[bool]
    share: Mapped[str] = mapped_column(String(40), default="")
    """With whom it may be shared."""
    updates: Mapped[str] = mapped_column(String(40), default="")
    """Whether the victim wants to hear how it goes."""
    review_on: Mapped[date | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    words_sealed: Mapped[bytes] = mapped_column(Sealed)

    words = Opened[dict[str, Any]]("words_sealed")
    """Who looks after it, and what happens if it slips."""


class AgreementItem(Row):
    """One promise."""

    __tablename__ = "agreement_item"
    __table_args__ = (UniqueConstraint("agreement_id", "number"),)

    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id"))
    number: Mapped[int]
    owner: Mapped[str] = mapped_column(String(40), default="")
    due_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(String(20), default="")
    """Of the last time somebody asked; empty until then."""
    looked_at: Mapped[datetime | None]
    looked_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    text_sealed: Mapped[bytes] = mapped_column(Sealed)

    text = Opened[str]("text_sealed")


_ITEM: Final = {
    f"item_{number}_{part}": field
    for number in NUMBERS
    for part, field in (("text", shapes.words()), ("owner", shapes.word()), ("due_on", shapes.day()))
}
_LOOKED: Final = {f"item_{number}_status": shapes.word(*STATUSES) for number in NUMBERS}


class _AgreementTold(Shape.from_dict(_ITEM)):  # type: ignore[misc]  # marshmallow makes the base class while it runs
    """An agreement, or that there is none."""

    agreement_made = shapes.word("yes", "no", required=True)
    agreement_share = shapes.word()
    agreement_updates = shapes.word()
    agreement_review_on = shapes.day()
    agreement_monitor = shapes.words()
    agreement_fallback = shapes.words()
    agreement_if_slips = shapes.words()


class _ReviewTold(Shape.from_dict(_LOOKED)):  # type: ignore[misc]  # marshmallow makes the base class while it runs
    """How each promise stands."""


@records("agreement")
def keep(finished: Finished) -> list[Entry]:
    """Keep what was agreed; an agreement has one promise at least, and each promise says what."""
    told = shapes.told(_AgreementTold, finished.answers)
    made = told["agreement_made"] == "yes"
    items = _items(finished.answers, told) if made else []
    row = Agreement(
        case_id=finished.case.id,
        about_id=finished.strand.about_id,
        made=made,
        share=told["agreement_share"] or "",
        updates=told["agreement_updates"] or "",
        review_on=told["agreement_review_on"],
        recorded_at=finished.now,
        recorded_by=finished.by.id,
        words={
            "monitor": told["agreement_monitor"],
            "if_it_slips": told["agreement_fallback"] or told["agreement_if_slips"],
        },
    )
    finished.session.add(row)
    finished.session.flush()
    finished.session.add_all(AgreementItem(agreement_id=row.id, **item) for item in items)
    return [Entry("case:agreement:recorded", {"made": made, "items": len(items)})]


def _items(answers: Mapping[str, Any], told: Mapping[str, Any]) -> list[dict[str, Any]]:
    given = [number for number in NUMBERS if told[f"item_{number}_text"]]
    if not given:
        raise shapes.refuse(answers, item_1_text="Write down one promise at least, or say that nothing was agreed.")
    return [
        {
            "number": number,
            "text": told[f"item_{number}_text"],
            "owner": told[f"item_{number}_owner"] or "",
            "due_on": told[f"item_{number}_due_on"],
        }
        for number in given
    ]


@records("agreement_review")
def review(finished: Finished) -> list[Entry]:
    """Note how each promise of the newest agreement stands; one that was never made has no status."""
    told = shapes.told(_ReviewTold, finished.answers)
    items = {item.number: item for item in items_of(finished.session, newest(finished.session, finished.strand))}
    said = {number: told[f"item_{number}_status"] for number in NUMBERS if told[f"item_{number}_status"]}
    if unknown := [number for number in said if number not in items and said[number] != "not_due"]:
        messages = {f"item_{number}_status": f"There is no promise {number} in this agreement." for number in unknown}
        raise shapes.refuse(finished.answers, **messages)
    kept = {number: status for number, status in said.items() if number in items}
    for number, status in kept.items():
        items[number].status, items[number].looked_at = status, finished.now
        items[number].looked_by = finished.by.id
    return [Entry("case:agreement:reviewed", {"statuses": list(kept.values())})]


def newest(session: Session, strand: Strand) -> Agreement | None:
    """The last agreement of a strand in which something was promised."""
    session.flush()
    found = select(Agreement).where(*strand.of(Agreement), Agreement.made)
    return session.scalars(found.order_by(Agreement.recorded_at.desc()).limit(1)).one_or_none()


def items_of(session: Session, agreement: Agreement | None) -> Sequence[AgreementItem]:
    """The promises of one agreement, in their order."""
    if agreement is None:
        return []
    found = select(AgreementItem).where(AgreementItem.agreement_id == agreement.id)
    return session.scalars(found.order_by(AgreementItem.number)).all()


def history(session: Session, case_id: UUID) -> list[tuple[Agreement, list[AgreementItem]]]:
    """Every agreement of a case with its promises, newest first."""
    made = session.scalars(
        select(Agreement).where(Agreement.case_id == case_id).order_by(Agreement.recorded_at.desc())
    ).all()
    where = AgreementItem.agreement_id.in_([row.id for row in made])
    items = session.scalars(select(AgreementItem).where(where).order_by(AgreementItem.number)).all() if made else []
    return [(row, list(_of(row, items))) for row in made]


def _of(row: Agreement, items: Sequence[AgreementItem]) -> Iterator[AgreementItem]:
    return (item for item in items if item.agreement_id == row.id)
