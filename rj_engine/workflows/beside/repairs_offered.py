"""What a lead may do to a case that does not go on: each open task and wait, where it may go back to, what stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine.cases.case import Case
from rj_engine.workflows.beside import message_waits, repairs
from rj_engine.workflows.engine import lint, runner
from rj_engine.workflows.engine.diagram import Node
from rj_engine.workflows.engine.reentry import AGAIN
from rj_engine.workflows.published import versions
from rj_engine.workflows.published.versions import Published
from rj_engine.workflows.rows import Passage, Run, Task, Timer


@dataclass(frozen=True, slots=True)
class Standing:
    """One open task or wait of a run."""

    run_id: UUID
    pathway: str
    about_id: UUID | None
    key: str
    name: str
    task_id: UUID | None
    timer_id: UUID | None
    """The timer of a wait; a wait for a message has none."""
    back_to: Sequence[tuple[str, str]]
    """`process/id` and name of the passed steps of the same part, the last passed first."""
    refused: str
    """Why it cannot be skipped, or ended early; empty where it can."""


def offered(session: Session, case: Case) -> list[Standing]:
    """Everything open in the case, run by run."""
    where = Run.case_id == case.id, Run.status == "running"
    return [
        one for run in session.scalars(select(Run).where(*where).order_by(Run.started_at)) for one in _of(session, run)
    ]


def _of(session: Session, run: Run) -> Iterator[Standing]:
    published = versions.load(session, run.version_id)
    nodes = _nodes(published)
    passed = select(Passage.element).where(Passage.run_id == run.id).order_by(Passage.number.desc())
    before = list(dict.fromkeys(session.scalars(passed)))
    opened = select(Task).where(Task.run_id == run.id, Task.closed_at.is_(None)).order_by(Task.opened_at)
    for task in session.scalars(opened):
        why = repairs.not_skipped(published, task)
        back = _back_to(nodes, before, task.element)
        yield Standing(run.id, run.pathway, run.about_id, task.key, task.name, task.id, None, back, why)
    for timer in session.scalars(select(Timer).where(Timer.run_id == run.id).order_by(Timer.due_at)):
        words = repairs.kept_waiting(published, timer.element)
        why = f"It keeps people safe ({words}), so it cannot be ended early." if words else ""
        back, name = _back_to(nodes, before, timer.element), timer.name or timer.element
        yield Standing(run.id, run.pathway, run.about_id, timer.key, name, None, timer.id, back, why)
    stands = runner.look(published.definition, run.state)
    for wait in stands.listening:
        back, why = _back_to(nodes, before, wait.element), message_waits.not_ended(published, stands, wait)
        yield Standing(run.id, run.pathway, run.about_id, wait.key, wait.name or wait.element, None, None, back, why)


def _nodes(published: Published) -> Mapping[str, Node]:
    read = lint.read_sources(dict(published.definition.sources))[0]
    return {node.element.key: node for diagram in read for node in diagram.nodes.values()}


def _back_to(nodes: Mapping[str, Node], before: Sequence[str], here: str) -> list[tuple[str, str]]:
    """The steps that were passed in the same part, which a token that stands here can be put back to."""
    stands = nodes[here]
    same = [nodes[key] for key in before if key in nodes and key != here]
    fitting = [one for one in same if one.kind in AGAIN and one.loop is None]
    return [
        (one.element.key, one.element.name)
        for one in fitting
        if (one.element.process, one.inside) == (stands.element.process, stands.inside)
    ]
