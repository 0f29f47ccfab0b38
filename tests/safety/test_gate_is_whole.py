"""The gate lets nothing pass while a part of it is missing, and whoever moves a case has all of it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sqlalchemy import select

from rj_engine import clock
from rj_engine.cases.case import Case, Strand
from rj_engine.risk import gate
from rj_engine.risk.gate import GateNotWhole
from rj_engine.risk.requirements import ALSO_ASKED, REQUIREMENTS
from tests.places import Product

MOVERS = (
    "moves",
    "rebuild",
    "beside.events",
    "beside.incidents",
    "beside.message_waits",
    "beside.referrals",
    "beside.renewals",
    "beside.repairs",
    "beside.silence",
    "beside.victims",
    "beside.withdrawals",
    "migration.moving",
    "studio.trial_happenings",
    "studio.trials",
    "task.tasks",
    "timed.rungs",
    "scheduler",
    "timed.timers",
)


@pytest.mark.parametrize("mover", MOVERS)
def test_whoever_moves_a_case_alone_asks_every_question_of_the_gate(mover: str) -> None:
    asks = (
        f"import rj_engine.workflows.{mover}; from rj_engine.risk import gate, requirements;"
        "assert requirements.ALSO_ASKED <= gate._also.keys(), sorted(gate._also)"
    )
    subprocess.run([sys.executable, "-c", asks], check=True)


@pytest.mark.parametrize("effect", sorted(REQUIREMENTS))
def test_nothing_passes_a_gate_of_which_a_part_is_missing(
    sqlite_product: Product, monkeypatch: pytest.MonkeyPatch, effect: str
) -> None:
    reference = sqlite_product.do_referral("coordinator")["reference"]
    case = sqlite_product.session.scalars(select(Case).where(Case.reference == reference)).one()
    for name in ALSO_ASKED:
        monkeypatch.delitem(gate._also, name)
    with pytest.raises(GateNotWhole):
        gate.check(sqlite_product.session, Strand(case.id), effect, clock.now())
