"""What one engine step changes in the database: the run, its inbox rows, its timers, letters, and what comes next.

Every command that moves a case (start, complete, wake, withdraw, retry) ends here, so that the inbox is always the
difference between what the engine has ready and what stood there before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from rj_engine import bpmn, clock, failpoints
from rj_engine.cases import case as cases
from rj_engine.cases import closure
from rj_engine.cases.case import Case, Strand
from rj_engine.commands import Actor
from rj_engine.database import table
from rj_engine.ledger import Entry
from rj_engine.risk import gate
from rj_engine.risk.requirements import REACH_SOMEBODY, REQUIREMENTS
from rj_engine.workflows import keepers, qualified
from rj_engine.workflows.engine import runner
from rj_engine.workflows.engine.runner import NothingWaits, OpenTask, Send, Step
from rj_engine.workflows.post import letters, outbox
from rj_engine.workflows.published import versions
from rj_engine.workflows.published.versions import Published
from rj_engine.workflows.qualified import Work
from rj_engine.workflows.rows import INNER, Passage, Run, Task, Timer

WHOLE_GATE = keepers.KEEPERS
"""Whoever moves a case has every room in the house that keeps records and asks at the gate."""
_OPEN_TASKS = insert(table(Task))
_SET_TIMERS = insert(table(Timer))
_NOTE_PASSAGES = insert(table(Passage))


@dataclass(slots=True)
class Moved:
    """What a move changed: the tasks it opened (inbox rows as dictionaries) and the ledger entries it asks for."""

    opened: list[dict[str, Any]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    started: list[Run] = field(default_factory=list)
    heard: list[Run] = field(default_factory=list)
    """Runs that waited for the message that was told."""

    def add(self, other: Moved) -> None:
        """Take over what another move changed."""
        self.opened.extend(other.opened)
        self.entries.extend(other.entries)
        self.started.extend(other.started)
        self.heard.extend(other.heard)


@dataclass(frozen=True, slots=True)
class Move:
    """One move: where, by whom, when."""

    session: Session
    case: Case
    by: Actor
    now: datetime

    def start(
        self, pathway: str, variables: Mapping[str, Any], *, about_id: UUID | None = None, beside: bool = False
    ) -> Moved:
        """Start a run of the newest published version of `pathway` about one victim, or about everybody.

        `beside` leaves the case on the pathway it is on.
        """
        published = versions.newest(self.session, pathway, self.case.service_id, self.now)
        wanted = {name: value for name, value in variables.items() if name in published.definition.reads}
        step = runner.start(published.definition, wanted, published.surroundings(self.now))
        run = Run(
            case_id=self.case.id,
            about_id=about_id,
            version_id=published.id,
            pathway=pathway,
            started_at=self.now,
            state=step.state,
            variables=variables_of(step),
            passed_count=0,
            standing_tasks=[],
            standing_timers=[],
        )
        self.session.add(run)
        self.case.pathway = self.case.pathway if beside else pathway
        begun = Entry("case:run:started", {"pathway": pathway, "version": published.number})
        moved = Moved(entries=[begun], started=[run])
        self._settle(run, published, step, moved)
        return moved

    def apply(self, run: Run, published: Published, step: Step, done: Task | None = None) -> Moved:
        """Store the step of a running run; `done` is the task whose completion caused it."""
        moved = Moved()
        run.state = step.state
        run.variables = variables_of(step)
        run.standing_tasks = [key for key in run.standing_tasks if done is None or key != done.key]
        self._settle(run, published, step, moved)
        return moved

    def tell(self, message: str, about: Strand | None = None) -> Moved:
        """Let every running run of the case, or of one strand, hear a message; one that waits for another goes on."""
        moved = Moved()
        where = about.of(Run) if about else (Run.case_id == self.case.id,)
        running = select(Run).where(*where, Run.status == "running").order_by(Run.started_at)
        for run in list(self.session.scalars(running)):
            published = versions.load(self.session, run.version_id)
            try:
                step = runner.catch(published.definition, run.state, message, {}, published.surroundings(self.now))
            except NothingWaits:
                continue
            moved.heard.append(run)
            moved.add(self.apply(run, published, step))
        return moved

    def ask_gate_again(self) -> None:
        """Note what the gate misses now for every open task of the case that it guards."""
        where = (
            Task.case_id == self.case.id,
            Task.closed_at.is_(None),
            Task.effect.in_(REACH_SOMEBODY | REQUIREMENTS.keys()),
        )
        guarded = select(Task, Run.about_id).join(Run, Run.id == Task.run_id).where(*where)
        for task, about_id in self.session.execute(guarded):
            task.blocked = gate.missing(self.session, Strand(self.case.id, about_id), task.effect or "", self.now)

    def _settle(self, run: Run, published: Published, step: Step, moved: Moved) -> None:
        tasks, timers, passed = run.standing_tasks, run.standing_timers, run.passed_count
        run.standing_tasks = [task.key for task in step.open_tasks]
        run.standing_timers = [wait.key for wait in step.waits]
        run.passed_count += len(step.passed)
        if step.ended:
            run.status, run.ended_at, run.end_event = "ended", self.now, step.end_event
        self.session.flush()
        failpoints.reach("stored")
        self._project_tasks(run, published, step.open_tasks, moved, set(tasks))
        self._project_timers(run, step, set(timers))
        self._note_passages(run, step.passed, passed)
        outbox.put_sends(self.session, self.case, run.id, self._written(published, step), self.now)
        moved.entries.extend(decision_entries(step))
        failpoints.reach("projected")
        if step.ended:
            self._after_end(run, published, step, moved)

    def _written(self, published: Published, step: Step) -> list[tuple[Send, str | None]]:
        """What the step sends, each with its letter written out."""
        named = [(send, send.properties.get("letter")) for send in step.sends]
        wrote = letters.written
        return [
            (send, wrote(self.session, self.case, name, published.letters) if name else None) for send, name in named
        ]

    def _project_tasks(
        self,
        run: Run,
        published: Published,
        ready: Iterable[OpenTask],
        moved: Moved,
        standing: set[str],
    ) -> None:
        wanted = {task.key: task for task in ready}
        if gone := standing - wanted.keys():
            closing = update(Task).where(Task.run_id == run.id, Task.key.in_(gone), Task.closed_at.is_(None))
            self.session.execute(closing.values(closed_at=self.now, closed_by=self.by.id, how_closed="ended"))
        rows = [self.inbox_row(run, published, task) for key, task in wanted.items() if key not in standing]
        if rows:
            self.session.connection().execute(_OPEN_TASKS, rows)
            self.case.stage = rows[-1]["stage"] or self.case.stage
            moved.opened.extend(rows)

    def inbox_row(self, run: Run, published: Published, task: OpenTask) -> dict[str, Any]:
        """The inbox row of one ready task: due by its clock, offered to its lane, blocked by what the gate misses."""
        properties = task.properties
        effect = properties.get("effect")
        return {
            "id": uuid4(),
            "service_id": self.case.service_id,
            "team_id": self.case.team_id,
            "case_id": self.case.id,
            "run_id": run.id,
            "reference": self.case.reference,
            "pathway": run.pathway,
            "key": task.key,
            "element": task.element,
            "name": task.name,
            "lane": task.lane or "",
            "form": task.form or "",
            "stage": str(properties.get("stage") or task.element.partition("/")[0]),
            "effect": effect,
            "blocked": gate.missing(self.session, run.strand, effect, self.now) if effect else [],
            "assignee_id": self._offered_to(run, published, task),
            "opened_at": self.now,
            "due_at": clock.due_at(self.now, published.periods[task.due]) if task.due else self.now,
        }

    def _offered_to(self, run: Run, published: Published, task: OpenTask) -> UUID | None:
        """The case's facilitator has their lane's tasks, but not one that only a second person or another may do."""
        who = self.case.facilitator_id
        if who is None or task.lane != "facilitator" or task.properties.get("two_person"):
            return None
        work = Work(run, self.case, published, published.definition.elements[task.element], task.key, {})
        return None if qualified.held_back(self.session, who, work, self.now) else who

    def _project_timers(self, run: Run, step: Step, standing: set[str]) -> None:
        wanted = {wait.key: wait for wait in step.waits}
        if gone := standing - wanted.keys():
            self.session.execute(delete(Timer).where(Timer.run_id == run.id, Timer.key.in_(gone)))
        fresh = [
            {
                "id": uuid4(),
                "case_id": self.case.id,
                "run_id": run.id,
                "key": wait.key,
                "element": wait.element,
                "name": wait.name,
                "due_at": wait.due_at,
            }
            for key, wait in wanted.items()
            if key not in standing
        ]
        if fresh:
            self.session.connection().execute(_SET_TIMERS, fresh)

    def _note_passages(self, run: Run, passed: Sequence[str], before: int) -> None:
        rows = [
            {"run_id": run.id, "number": before + place, "element": element, "at": self.now}
            for place, element in enumerate(passed, start=1)
        ]
        if rows:
            self.session.connection().execute(_NOTE_PASSAGES, rows)

    def _after_end(self, run: Run, published: Published, step: Step, moved: Moved) -> None:
        """The case goes on with the pathway its end event names, or closes when nothing of it runs any more."""
        event = published.definition.elements.get(step.end_event or "")
        properties = event.properties if event else {}
        moved.entries.append(
            Entry("case:run:ended", {"pathway": published.pathway, "end": event.name if event else ""})
        )
        if "starts" in properties:
            self._go_on(run, published.evaluated(properties["starts"], step.variables), step, moved)
        elif "tells" in properties:
            moved.add(self.tell(properties["tells"], run.strand if run.about_id else None))
        else:
            self._note_reason(run, published.evaluated(properties.get("closure_reason", ""), step.variables))
        if properties.get("ends") == "others":
            self._end_others(run, moved)
        if self.case.status != "closed" and not self._still_runs():
            reason = closure.close(self.session, self.case, self.now)
            moved.entries.append(Entry("case:closed", {"reason": reason}))

    def _go_on(self, run: Run, pathway: str, step: Step, moved: Moved) -> None:
        """Start what takes over: once for each victim who has not withdrawn, where it is about one victim.

        What takes over from a run beside the case runs beside it, too.
        """
        strands = [run.about_id]
        if run.about_id is None and pathway in versions.ONE_VICTIM_EACH:
            victims = cases.of_role(self.session, self.case.id, *bpmn.parties()["victim"]["roles"])
            strands = [victim.id for victim in victims if victim.withdrawn_at is None] or [None]
        for about_id in strands:
            beside = run.pathway != self.case.pathway
            moved.add(self.start(pathway, step.variables, about_id=about_id, beside=beside))

    def _end_others(self, run: Run, moved: Moved) -> None:
        """Nothing else of this strand goes on; of the whole case, where the run is about everybody in it."""
        of = run.strand.of(Run) if run.about_id else (Run.case_id == self.case.id,)
        for other in list(self.session.scalars(select(Run).where(*of, Run.status == "running", Run.id != run.id))):
            other.status, other.ended_at, other.standing_tasks, other.standing_timers = "ended", self.now, [], []
            closing = update(Task).where(Task.run_id == other.id, Task.closed_at.is_(None))
            self.session.execute(closing.values(closed_at=self.now, closed_by=self.by.id, how_closed="ended"))
            self.session.execute(delete(Timer).where(Timer.run_id == other.id))
            moved.entries.append(Entry("case:run:ended", {"pathway": other.pathway, "end": ""}))
        self.session.flush()

    def _note_reason(self, run: Run, drawn: str) -> None:
        """Keep the reason that the end is drawn with, unless somebody chose one in this run."""
        if drawn and closure.of_run(self.session, run.id) is None:
            closure.note(self.session, self.case.id, run.about_id, run.id, drawn, self.now, self.by.id)

    def _still_runs(self) -> bool:
        running = select(Run.id).where(Run.case_id == self.case.id, Run.status == "running").limit(1)
        return self.session.scalar(running) is not None


def variables_of(step: Step) -> dict[str, Any]:
    """The run's variables as they are kept, with what single open tasks see besides: a call's inputs, a turn's item."""
    inner = {
        task.key: {name: value for name, value in task.variables.items() if step.variables.get(name, step) != value}
        for task in step.open_tasks
    }
    kept = {key: besides for key, besides in inner.items() if besides}
    return {**step.variables, **({INNER: kept} if kept else {})}


def decision_entries(step: Step) -> list[Entry]:
    """Every decision taken in the step, with what it read and which rows fired."""
    return [
        Entry(
            "case:decision:taken",
            {"element": decided.element, "decision": decided.decision, "explained": dict(decided.explained)},
        )
        for decided in step.decided
    ]


def told(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Opened tasks as an answer tells them."""
    return [
        {
            "id": str(row["id"]),
            "case": row["reference"],
            "name": row["name"],
            "lane": row["lane"],
            "due_at": clock.rfc3339(row["due_at"]),
            "assignee": str(row["assignee_id"]) if row["assignee_id"] else None,
            "blocked": row["blocked"],
        }
        for row in rows
    ]
