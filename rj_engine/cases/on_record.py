"""What a case has on record besides consents and contacts: orders, agreements, surveys, referrals out; reading only."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from rj_engine.cases import agreement, orders, referral_out, survey
from rj_engine.cases.agreement import Agreement, AgreementItem
from rj_engine.cases.orders import OrderOrCondition
from rj_engine.cases.referral_out import ReferralOut
from rj_engine.cases.survey import Pair, Survey


@dataclass(frozen=True, slots=True)
class OnRecord:
    """The records of one case, each newest first."""

    orders: list[OrderOrCondition]
    agreements: list[tuple[Agreement, list[AgreementItem]]]
    surveys: list[Survey]
    referrals_out: list[ReferralOut]

    @property
    def travelled(self) -> list[Pair]:
        """How far each person came on each outcome; whoever feels less safe stands first."""
        return sorted(survey.pairs(self.surveys), key=lambda pair: (not self.is_worse(pair), pair.party, pair.outcome))

    @staticmethod
    def is_worse(pair: Pair) -> bool:
        """Whether somebody feels less safe than at the start."""
        return pair.outcome == survey.SAFETY and pair.change < 0


def of(session: Session, case_id: UUID) -> OnRecord:
    """Everything on record of one case."""
    return OnRecord(
        orders=orders.history(session, case_id),
        agreements=agreement.history(session, case_id),
        surveys=survey.history(session, case_id),
        referrals_out=referral_out.history(session, case_id),
    )
