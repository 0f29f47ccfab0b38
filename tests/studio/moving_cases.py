"""What a manager does to move running cases, for tests: a new version, a dry run, a job, a worker's turn."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from rj_engine import ledger
from rj_engine.cases.case import find
from rj_engine.workflows.engine import runner
from rj_engine.workflows.migration import dry_run, migrating
from rj_engine.workflows.migration.dry_run import Expected, Sieve
from rj_engine.workflows.migration.migrating import StartMigration
from rj_engine.workflows.migration.rows import MigratedCase, Migration
from rj_engine.workflows.published import versions
from rj_engine.workflows.published.versions import Published
from rj_engine.workflows.rows import Run, Task, Timer
from rj_engine.workflows.studio.approving import ApproveDraft
from tests.places import Product
from tests.studio.drawing import MANAGER, SAFEGUARDING, a_draft, kept, proved, submitted, text_of

INTAKE = "intake"
WHY = "The first task asks better questions now."
SCREEN = 'id="screen_for_safety" name="Screen for safety"'
NEW_WORDS = (SCREEN, 'id="screen_for_safety" name="Is anyone at risk now?"')


def a_new_version(product: Product, *changes: tuple[str, str], pathway: str = INTAKE) -> int:
    """Publish a pathway with pieces of its drawing replaced; its number."""
    draft, file = a_draft(product, pathway), f"{pathway}.bpmn"
    text = text_of(product, draft, file)
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    kept(product, draft, file, text)
    return published(product, draft)


def published(product: Product, draft: UUID) -> int:
    """Prove a draft, send it to a second person and have it approved; the version's number."""
    proved(product, draft)
    edition = submitted(product, draft)
    return int(product.do(ApproveDraft, SAFEGUARDING, draft_id=draft, edition=edition)["number"])


def target(product: Product, number: int, pathway: str = INTAKE) -> Published:
    """A version, ready to run."""
    return versions.load(product.session, versions.numbered(product.session, pathway, number).id)


def expected(product: Product, number: int, who: str = MANAGER, pathway: str = INTAKE, **sieve: str) -> list[Expected]:
    """The dry run."""
    by, new = product.actor(who), target(product, number, pathway)
    return dry_run.look(product.session, by, pathway, new, Sieve(**sieve))


def asked(product: Product, number: int, pathway: str = INTAKE, who: str = MANAGER) -> UUID:
    """A job of every case that can be moved."""
    chosen = {one.reference: one.mark for one in expected(product, number, pathway=pathway) if not one.why}
    parts: dict[str, Any] = {"pathway": pathway, "number": number, "chosen": chosen, "reason": WHY}
    return UUID(product.do(StartMigration, who, **parts)["migration"])


def worked(product: Product) -> int:
    """A worker's turn; the cases it moved."""
    product.session.rollback()
    return migrating.migrate_due()


def job(product: Product, migration: UUID) -> tuple[Migration, dict[str, MigratedCase]]:
    """A job as it stands, and its cases by reference."""
    session = product.session
    session.expire_all()
    found = migrating.find(session, product.actor(MANAGER), migration)
    return found, {one.reference: one for one in migrating.cases_of(session, found)}


def stands(product: Product, reference: str) -> dict[str, Any]:
    """Everything a case's running runs are: version, state, variables, tasks and timers."""
    session = product.session
    session.expire_all()
    runs = select(Run).where(Run.id.in_(select(Task.run_id).where(Task.reference == reference)))
    found = {}
    for run in session.scalars(runs):
        rows = session.scalars(select(Task).where(Task.run_id == run.id).order_by(Task.opened_at, Task.key))
        timers = session.scalars(select(Timer).where(Timer.run_id == run.id).order_by(Timer.key))
        step = runner.look(versions.load(session, run.version_id).definition, run.state)
        found[str(run.id)] = {
            "version": versions.load(session, run.version_id).number,
            "state": run.state,
            "variables": run.variables,
            "ready": sorted(task.key for task in step.open_tasks),
            "tasks": [_facts(row) for row in rows],
            "timers": [(row.key, row.element, row.name, row.due_at) for row in timers],
        }
    return found


def _facts(row: Task) -> tuple[Any, ...]:
    return (
        row.id, row.key, row.element, row.name, row.lane, row.form, row.stage, row.effect, tuple(row.blocked),
        row.assignee_id, row.opened_at, row.due_at, row.closed_at,
    )  # fmt: skip


def told_of(product: Product, reference: str, tag: str) -> int:
    """How often something stands in a case's record."""
    case = find(product.session, product.actor("lead"), reference)
    return sum(entry.tag == tag for entry in ledger.read(product.session, case.id))
