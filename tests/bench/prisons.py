"""The prison board with two thousand open requests, and the figures over fifty thousand."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select, text

from rj_engine import clock, sealing
from rj_engine.cases.case import Case
from rj_engine.database import db, table
from rj_engine.people.staff import Service
from rj_engine.prisons import reference
from rj_engine.prisons.custody import Custody
from rj_engine.prisons.requests import PrisonRequest
from rj_engine.reports import permission_figures, stalls
from rj_engine.reports.stalls import Wanted
from rj_engine.workflows.rows import Run, Task, Timer
from tests.bench.figures import Figure, median, milliseconds
from tests.bench.furniture import databases
from tests.browsing import signed_in
from tests.places import Product

OPEN, EVERY = 2_000, 50_000
BATCH = 2_000


def figures() -> Iterator[Figure]:
    """For each database: the board as a query and as a page, and the figures."""
    with databases() as urls:
        for kind, url in urls.items():
            with Product.opened(url) as product:
                _fill(product)
                yield from _of(kind, product)


def _of(kind: str, product: Product) -> Iterator[Figure]:
    by, today = product.actor("lead"), clock.today()
    for sort in ("waited", "next"):
        times = milliseconds(lambda sort=sort: stalls.board(product.session, by, Wanted(sort=sort), today), 10)
        yield Figure(f"prison board, by {sort}, {OPEN:,} open requests", median(times), "ms p50", 80, kind)
    client = signed_in(product, "lead")
    times = milliseconds(lambda: client.get("/prisons"), 10)
    yield Figure(f"prison board page of 50, {OPEN:,} open requests", median(times), "ms p50", 80, kind)
    spent = _of_this_process(lambda: client.get("/prisons"), 10)
    yield Figure("the same, CPU of this process alone", median(spent), "ms p50", None, kind)
    since = today - timedelta(days=5 * 365)
    times = milliseconds(lambda: permission_figures.figures(product.session, by.service_id, since, today), 5)
    yield Figure(f"figures of permission, {EVERY:,} requests", median(times), "ms p50", 500, kind)
    spent = _of_this_process(lambda: permission_figures.figures(product.session, by.service_id, since, today), 5)
    yield Figure("the same, CPU of this process alone", median(spent), "ms p50", None, kind)


def _of_this_process(attempt: Callable[[], object], times: int) -> list[float]:
    """CPU milliseconds of each of `times` runs: what remains comparable on a machine that others use too."""
    found = []
    for _ in range(times):
        start = time.process_time()
        attempt()
        found.append((time.process_time() - start) * 1000)
    return found


def _fill(product: Product) -> None:
    """Copies of one real case: `OPEN` of them wait, with a task and a timer each; the rest have been decided."""
    product.do_referral("coordinator")
    session, chance = product.session, random.Random(6)
    case = dict(session.execute(select(table(Case))).mappings().first() or {})
    run = dict(session.execute(select(table(Run))).mappings().first() or {})
    task = dict(session.execute(select(table(Task)).where(Task.closed_at.is_(None))).mappings().first() or {})
    service = session.scalar(select(Service.id).where(Service.id == case["service_id"]))
    codes = sorted(reference.establishments())
    with db.engine.begin() as connection:
        for start in range(0, EVERY, BATCH):
            rows: dict[Any, list[dict[str, Any]]] = {
                kind: [] for kind in (Case, Run, Custody, PrisonRequest, Task, Timer)
            }
            for number in range(start, min(start + BATCH, EVERY)):
                _add(rows, number, (case, run, task), chance, chance.choice(codes), service)
            for kind, values in rows.items():
                if values:
                    connection.execute(insert(table(kind)), values)
    if db.engine.dialect.name == "postgresql":  # as the server does by itself within a minute of so many new rows
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _add(rows: Any, number: int, patterns: Any, chance: random.Random, place: str, service: Any) -> None:
    case, run, task = patterns
    case_id, run_id, stay_id, request_id = (uuid.uuid4() for _ in range(4))
    waits = number < OPEN
    sent = clock.today() - timedelta(days=chance.randrange(90 if waits else 4 * 365))
    now = clock.now()
    rows[Case].append({**case, "id": case_id, "reference": f"BB-{number:06}", "status": "open" if waits else "closed"})
    rows[Run].append({**run, "id": run_id, "case_id": case_id, "status": "running" if waits else "ended"})
    sealed = sealing.seal_json({}, "custody", "detail_sealed", stay_id)
    rows[Custody].append({"id": stay_id, "case_id": case_id, "status": "custody", "kind": "", "establishment": place,
        "source": "", "licence_no_contact": "", "began_at": now, "detail_sealed": sealed})  # fmt: skip
    rows[PrisonRequest].append(_request(request_id, case_id, run_id, stay_id, place, service, sent, waits, chance))
    if waits:
        at = now + timedelta(days=chance.randrange(20))
        element = "prison_ladder/record_answer"
        rows[Task].append(
            {**task, "id": uuid.uuid4(), "case_id": case_id, "run_id": run_id, "element": element, "due_at": at}
        )
        rows[Timer].append({"id": uuid.uuid4(), "case_id": case_id, "run_id": run_id, "key": uuid.uuid4().hex,
            "element": "prison_ladder/rung_falls_due", "name": "", "due_at": at})  # fmt: skip


def _request(
    identity: Any, case_id: Any, run_id: Any, stay_id: Any, place: str, service: Any, sent: date, waits: bool,
    chance: random.Random,
) -> dict[str, Any]:  # fmt: skip
    days = chance.randrange(70)
    chase = {
        "rung": 5,
        "to": "pom",
        "channel": "phone",
        "on": sent.isoformat(),
        "result": "no_news",
        "reason": "no_reply",
    }
    decided = {} if waits else {
        "decision": chance.choice(["granted", "refused", "granted_conditions"]), "decided_on": sent + timedelta(days=days),  # noqa: E501 - one row of a table
        "decided_by": chance.choice(["prison", "rehub"]), "days_taken": days, "days_ours": days // 5, "days_victims": 0,
        "reason_code": chance.choice(sorted(reference.reasons())),
    }  # fmt: skip
    known: dict[str, Any] = {
        "id": identity, "service_id": service, "case_id": case_id, "about_id": None, "stay_id": stay_id, "run_id": run_id,  # noqa: E501 - one row of a table
        "kind": "access", "route": chance.choice(["direct_omu", "rehub_first"]), "establishment": place, "sent_to": "pom",  # noqa: E501 - one row of a table
        "method": "email", "is_review": False, "sent_on": sent, "delivered_on": sent, "failed": "", "chases": [chase] * 4,  # noqa: E501 - one row of a table
        "last_rung": 5, "last_chased_on": sent, "held_for": "", "decision": "", "decided_on": None, "decided_by": "",
        "days_taken": None, "days_ours": None, "days_victims": None, "reason_code": "", "in_writing": "", "consulted": "",  # noqa: E501 - one row of a table
        "conditions_fit": "", "review_next": "", "alternatives": [], "victim_choice": "", "clearance": "",
        "event_fell_through": "", "recorded_at": clock.now(),
        "detail_sealed": sealing.seal_json({}, "prison_request", "detail_sealed", identity),
    }  # fmt: skip
    return {**known, **decided}
