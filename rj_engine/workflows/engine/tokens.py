"""A run in memory: its tokens, its variables and its open parts, on SpiffWorkflow's task tree.

Three things differ from the stock tree, each for a fault shown in `tests/workflows/test_spiffworkflow_faults.py`.
Variables belong to a scope (the run, a called process with inputs of its own, one turn of a multi-instance), not to
each task, so no copy can be stale and no join has anything to merge. Nothing is predicted: a token's successors are
made when it is done. Every search is a flat scan, never a walk that stops unseen at depth 1,000.
"""
# mypy: disallow-subclassing-any=False
# ruff: noqa: SLF001, ARG002
# Reason: SpiffWorkflow ships no types; its extension points start with an underscore and have fixed signatures.

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from rj_engine.workflows.engine.guards import DEPTH_LIMIT, STEP_BUDGET, BudgetSpent, EngineBroken, TooDeep

OPEN: Final = TaskState.WAITING | TaskState.READY | TaskState.STARTED
UNFINISHED: Final = TaskState.NOT_FINISHED_MASK


class Scope:
    """The variables one part of a run can see.

    A scope inside another sees all of the outer one and keeps what it writes until its part is over or stopped. So
    two calls of the same process side by side cannot take each other's answers for their own, and what a part has
    found out is not lost when it is interrupted.
    """

    __slots__ = ("outer", "own")

    def __init__(self, outer: Scope | None, own: dict[str, object]) -> None:
        self.outer = outer
        self.own = own

    def flat(self) -> dict[str, object]:
        """Everything visible here, as one mapping of the caller's own."""
        return {**self.outer.flat(), **self.own} if self.outer else dict(self.own)

    def update(self, values: Mapping[str, object]) -> None:
        """Set variables here."""
        self.own.update(values)

    def give_back(self, private: Collection[str]) -> None:
        """Hand what was written here to the outer scope, but for the names that are private to this one."""
        if self.outer is not None:
            self.outer.update({name: value for name, value in self.own.items() if name not in private})


class Token(Task):
    """One place where a run is, or was a moment ago."""

    def __init__(
        self, workflow: Any, task_spec: Any, parent: Token | None = None, state: int = TaskState.FUTURE,
        id: UUID | None = None,  # noqa: A002 - the stock parameter's name
    ) -> None:  # fmt: skip
        self.own_scope: Scope | None = None
        self.level: int = parent.level + 1 if parent is not None else 0
        super().__init__(workflow, task_spec, parent, state, id)

    @property
    def scope(self) -> Scope:
        """The variables this token reads and writes."""
        return self.own_scope or self.workflow.scope

    @property
    def data(self) -> dict[str, object]:
        """What stock code sees of the variables: a copy, so that nothing it does can reach them."""
        return self.scope.flat()

    @data.setter
    def data(self, value: object) -> None:
        """Stock code gives every task a dictionary of its own; ours has none."""

    @property
    def element(self) -> str:
        """`process/id` of the element, or of the process for the parts that no one drew."""
        process = self.workflow.spec.process
        return f"{process}/{self.task_spec.bpmn_id}" if self.task_spec.bpmn_id else str(process)

    def _add_child(self, task_spec: Any, state: int = TaskState.FUTURE) -> Token:
        return Token(self.workflow, task_spec, self, state)

    def _set_state(self, value: int) -> None:
        self._state = value

    def _inherit_data(self) -> None:
        """Nothing to copy: the scope is shared."""

    def cancel(self) -> None:
        """Stop it and all it holds."""
        if self._state & UNFINISHED:
            self._state = TaskState.CANCELLED
            self.task_spec._on_cancel(self)

    def complete(self) -> None:
        """Mark it done, note it, and let what follows begin."""
        self._state = TaskState.COMPLETED
        self.workflow.top_workflow.journey.note(self)
        self.task_spec._on_complete(self)


@dataclass(slots=True)
class Journey:
    """What happens during one command, in order."""

    surroundings: Any = None
    passed: list[str] = field(default_factory=list)
    decided: list[Any] = field(default_factory=list)
    sends: list[Any] = field(default_factory=list)
    current: str | None = None
    """Where we are, so that a failure can say so."""
    steps: int = 0
    budget: int = STEP_BUDGET
    depth: int = DEPTH_LIMIT

    def note(self, token: Token) -> None:
        """Count one element passed; stop a run that does not come to rest."""
        self.steps += 1
        if self.steps > self.budget:
            raise BudgetSpent(element=token.element)
        if token.level > self.depth:
            raise TooDeep(element=token.element)
        if token.task_spec.is_passed(token):
            self.passed.append(token.element)


class _Walk:
    """What a run and its parts have in common."""

    tasks: dict[UUID, Token]
    spec: Any
    completed: bool
    scope: Scope

    def unfinished(self) -> list[Token]:
        """Every token that still has something before it."""
        return [token for token in self.tasks.values() if token._state & UNFINISHED]

    def plant(self) -> Token:
        """Set the first token on the start; it has yet to run."""
        root = Token(self, self.spec.start, None, TaskState.READY)
        self.task_tree = root
        return root

    def update_waiting_tasks(self) -> None:
        """Nothing: joins count when a token arrives, timers and messages come from outside."""

    def cancel(self, success: bool = False) -> list[Token]:
        """Stop everything that is open here."""
        self.success = success
        self.completed = True
        stopped = self.unfinished()
        for token in stopped:
            if token._state & UNFINISHED:
                token.cancel()
        return stopped

    def _task_completed_notify(self, token: Token) -> None:
        """After each token: a process is over when nothing is open in it."""
        if not self.completed and not any(one._state & UNFINISHED for one in self.tasks.values()):
            self.over(token)

    def over(self, last: Token) -> None:
        """The process has come to its end."""


class Part(_Walk, BpmnSubWorkflow):
    """An embedded sub-process or a called process while it is open."""

    def __init__(self, spec: Any, holder: Token, scope: Scope) -> None:
        super().__init__(spec, holder.id, holder.workflow.top_workflow, deserializing=True)
        self.holder = holder
        self.scope = scope
        self.data: dict[str, object] = {}

    def over(self, last: Token) -> None:
        """Hand the turn back to the element that holds this part."""
        self.completed = True
        self.top_workflow.subprocesses.pop(self.holder.id, None)
        self.holder.task_spec.give_back(self.holder, self)
        self.holder._set_state(TaskState.READY)


class Run(_Walk, BpmnWorkflow):
    """One process instance of a case, in memory for the length of one command."""

    def __init__(self, spec: Any, parts: Mapping[str, Any], engine: Any, journey: Journey) -> None:
        super().__init__(spec, dict(parts), script_engine=engine, deserializing=True)
        self.journey = journey
        self.scope = Scope(None, {})
        self.end_event: str | None = None

    def open_part(self, holder: Token, spec_name: str, scope: Scope) -> Part:
        """Begin a sub-process or a called process."""
        if spec_name not in self.subprocess_specs:
            raise EngineBroken("A pathway that this one calls is missing.", element=holder.element)
        part = Part(self.subprocess_specs[spec_name], holder, scope)
        self.subprocesses[holder.id] = part
        return part

    def over(self, last: Token) -> None:
        """The run has ended, and remembers at which end event."""
        self.completed = True
        self.end_event = last.element

    def walks(self) -> list[_Walk]:
        """The run and every open part of it, outermost first."""
        return [self, *self.subprocesses.values()]

    def tokens(self, state: int = OPEN) -> Iterator[Token]:
        """Every token in one of these states, the outermost part first."""
        for walk in self.walks():
            for token in list(walk.tasks.values()):
                if token._state & state:
                    yield token
