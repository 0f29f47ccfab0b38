"""The board's quick readings against its meaning, spelled out one request at a time."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import clock
from rj_engine.cases.case import Case
from rj_engine.database import db
from rj_engine.prisons import waiting
from rj_engine.prisons.custody import Custody
from rj_engine.prisons.requests import PrisonRequest
from rj_engine.reports import stall_rows, stalls
from rj_engine.reports.stalls import Wanted
from rj_engine.workflows.rows import PathwayVersion, Run, Task, Timer
from tests.builders import a_case, kept
from tests.places import Product
from tests.prisons.asked import a_request, a_stay

NOW = datetime(2024, 2, 9, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
CASES = 60


def test_the_board_says_of_every_request_what_its_rows_say_one_by_one(product: Product) -> None:
    with clock.at(NOW):
        _many_cases(product)
        by = product.actor("lead")
        board = stalls.board(product.session, by, Wanted(), TODAY, limit=CASES)
        meant = _meant(product.session, by.service_id)

    assert {row.id: (row.move, row.band, row.next_on) for row in board.rows} == meant
    assert board.moves == {move: Counter(told[0] for told in meant.values())[move] for move in stalls.MOVES}
    assert board.count == len(meant) == sum(board.bands.values())
    assert (board.access_settled, board.access_all) == _access(product.session, by.service_id)
    assert len(set(board.moves.values()) - {0}) > 1, "the cases differ enough to tell something"


@pytest.mark.parametrize("wanted", [{"move": "fault"}, {"kind": "event"}, {"place": "EYI"}, {"stalled": "yes"}])
def test_a_filter_leaves_exactly_the_rows_that_fit(product: Product, wanted: dict[str, str]) -> None:
    with clock.at(NOW):
        _many_cases(product)
        by = product.actor("lead")
        every = stalls.everything(product.session, by, Wanted(), TODAY)
        found = stalls.everything(product.session, by, Wanted(**wanted), TODAY)

    fits: dict[str, Callable[[stalls.Stall], bool]] = {
        "move": lambda row: row.move == "fault",
        "kind": lambda row: row.kind == "event",
        "place": lambda row: row.place.endswith("Elmley"),
        "stalled": lambda row: row.days.total >= stalls.LONG or bool(row.decision) or row.move == "fault",
    }
    [part] = wanted
    assert [row.id for row in found] == [row.id for row in every if fits[part](row)]
    assert found


def test_the_indexes_of_the_board_hold_all_that_it_reads_of_thousands(sqlite_product: Product) -> None:
    with clock.at(NOW):
        _many_cases(sqlite_product)
    session, by = sqlite_product.session, sqlite_product.actor("lead")

    plans = "\n".join(
        _plan(session, asked) for asked in (stall_rows._every(by, "told"), stall_rows._steps(by), stall_rows._rings())
    )

    indexes = "ix_case_open", "ix_prison_request_stands", "ix_custody_case", "ix_task_prison", "ix_timer_prison"
    assert [index for index in indexes if f"COVERING INDEX {index}" not in plans] == []


def _plan(session: Session, asked: Any) -> str:
    compiled = asked.compile(session.connection(), compile_kwargs={"literal_binds": True})
    rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")
    return "\n".join(str(row[-1]) for row in rows)


def _many_cases(product: Product) -> None:
    """Cases that differ in everything the board looks at."""
    chance = Random(6)
    lead = product.actor("lead")
    version = product.session.scalars(select(PathwayVersion)).first()
    assert version is not None
    for number in range(CASES):
        case = a_case(product)
        case.status = chance.choice(["open"] * 8 + ["closed", "frozen"])
        case.facilitator_id = chance.choice([None, lead.id])
        stay = a_stay(case, chance.choice(["MSI", "EYI", "WCI"]))
        stay.status = chance.choice(["custody"] * 6 + ["not_known", "community"])
        stay.ended_at = chance.choice([None] * 9 + [NOW])
        run = _a_run(case, version, chance)
        _beside(case, run, chance)
        a_request(
            case, stay, TODAY - timedelta(days=number), run_id=chance.choice([run.id] * 9 + [None]), **_told(chance)
        )
    db.session.commit()


def _told(chance: Random) -> dict[str, Any]:
    decision = chance.choice([""] * 5 + ["granted", "granted_conditions", "refused", "redirected"])
    return {
        "kind": chance.choice(["access", "access", "event"]),
        "decision": decision,
        "conditions_fit": chance.choice(["yes", "no", ""]),
        "victim_choice": chance.choice([""] * 4 + ["victim_waits", "victim_stops", "victim_proxy"]),
        "held_until": chance.choice([None, None, TODAY, TODAY + timedelta(days=5)]),
        "held_for": chance.choice(["promised", "our_side", "victim_side"]),
        "superseded_at": chance.choice([None] * 9 + [NOW]),
        "decided_on": TODAY if decision else None,
    }


def _a_run(case: Case, version: PathwayVersion, chance: Random) -> Run:
    run = Run(
        id=uuid.uuid4(), case_id=case.id, version_id=version.id, pathway="prison_permission", variables={},
        status=chance.choice(["running"] * 4 + ["ended"]), started_at=NOW,
    )  # fmt: skip
    run.state = b""
    kept(run)
    return run


def _beside(case: Case, run: Run, chance: Random) -> None:
    """What is open in a run; nothing in one that is over, and now and then something of another part of the pathway."""
    if run.status == "ended":
        return
    part = chance.choice(["prison_ladder"] * 5 + ["elsewhere"])
    for element in chance.sample(["record_answer", "chase_them"], chance.randrange(3)):
        due = NOW + timedelta(days=chance.randrange(9))
        kept(Task(
            service_id=case.service_id, team_id=case.team_id, case_id=case.id, run_id=run.id, reference=case.reference,
            pathway=run.pathway, key=uuid.uuid4().hex, element=f"{part}/{element}", name=element, lane="facilitator",
            form="prison_answer", opened_at=NOW, due_at=due, closed_at=chance.choice([None, None, None, NOW]),
        ))  # fmt: skip
    if chance.random() < 0.5:
        due = NOW + timedelta(days=chance.randrange(9))
        kept(Timer(case_id=case.id, run_id=run.id, key="one", element=f"{part}/rings", name="", due_at=due))


def _meant(session: Session, service_id: UUID) -> dict[UUID, tuple[str, str, date | None]]:
    """Whose move each request that waits is, its age band, and the day of the next step."""
    return {
        row.id: told
        for row in _standing(session, service_id)
        if not _granted(row)
        and row.victim_choice in {"", "victim_waits"}
        and _inside(session, row)
        and (told := _of(session, row)) is not None
    }


def _standing(session: Session, service_id: UUID) -> Sequence[PrisonRequest]:
    asked = select(PrisonRequest).join(Case, Case.id == PrisonRequest.case_id)
    where = Case.service_id == service_id, Case.status != "closed", PrisonRequest.superseded_at.is_(None)
    return session.scalars(asked.where(*where)).all()


def _granted(row: PrisonRequest) -> bool:
    return row.decision == "granted" or (row.decision == "granted_conditions" and row.conditions_fit == "yes")


def _inside(session: Session, row: PrisonRequest) -> bool:
    stays = session.scalars(select(Custody).where(Custody.case_id == row.case_id))
    return any(stay.ended_at is None and stay.status in {"custody", "not_known"} for stay in stays)


def _of(session: Session, row: PrisonRequest) -> tuple[str, str, date | None] | None:
    run = session.get(Run, row.run_id) if row.run_id else None
    if run is not None and run.status == "ended":
        return None
    tasks = [each for each in session.scalars(select(Task).where(Task.run_id == row.run_id)) if _counts(each)]
    timers = session.scalars(select(Timer).where(Timer.run_id == row.run_id))
    rings = [each.due_at for each in timers if each.element.startswith("prison_")]
    ours = [each.due_at for each in tasks if not each.element.endswith("/record_answer")]
    held = row.held_until is not None and row.held_until > TODAY
    case = session.get_one(Case, row.case_id)
    first = min(ours or rings, default=None)
    band = waiting.band(waiting.days_of(row, TODAY).total)
    fault = case.status == "frozen" or not (tasks or rings or held)
    move = "fault" if fault else _move(row, bool(ours), held)
    return move, band, first.astimezone(clock.LONDON).date() if first else None


def _counts(task: Task) -> bool:
    return task.closed_at is None and task.element.startswith("prison_")


def _move(row: PrisonRequest, ours: bool, held: bool) -> str:
    if ours:
        return "us"
    if held:
        return {"our_side": "us", "victim_side": "victim"}.get(row.held_for, "them")
    return "victim" if row.decision and row.victim_choice == "victim_waits" else "them"


def _access(session: Session, service_id: UUID) -> tuple[int, int]:
    rows = [row for row in _standing(session, service_id) if row.kind == "access"]
    return sum(map(_granted, rows)), len(rows)
