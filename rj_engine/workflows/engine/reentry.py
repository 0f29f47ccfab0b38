"""Puts a run back at an element it has gone past, in the place of what it stands at; never forward.

The token moves within its own part of the run: what called that part, and what runs beside it, is not touched.
"""
# ruff: noqa: SLF001
# Reason: SpiffWorkflow's tree is moved through methods with a leading underscore.

from __future__ import annotations

from typing import Any, Final

from SpiffWorkflow.util.task import TaskState

from rj_engine.errors import Refused
from rj_engine.workflows.engine.boundaries import is_edge
from rj_engine.workflows.engine.definition import Definition
from rj_engine.workflows.engine.events import awaited
from rj_engine.workflows.engine.runner import moved
from rj_engine.workflows.engine.step import Step, Surroundings
from rj_engine.workflows.engine.tokens import Run, Token

AGAIN: Final = frozenset({"userTask", "businessRuleTask", "callActivity", "subProcess"})
"""What can be entered again; a letter is not sent twice by this, and a wait begins with the step before it."""


class CannotReenter(Refused):
    """The case cannot be put back there: choose a step of the same part that it has passed, outside a list of turns."""

    code = "cannot_reenter"


def reenter(definition: Definition, state: bytes, leaving: str, element: str, surroundings: Surroundings) -> Step:
    """Leave the open task or wait `leaving` and stand at `element` (`process/id`) instead.

    Raises `CannotReenter` where nothing of that key is open, or the element is of another part or kind.
    """

    def go_back(run: Run) -> None:
        token = _standing(run, leaving)
        run.journey.current = token.element
        spec = _entry(token, definition, element)
        _leave(token)
        fresh = token._add_child(spec)
        fresh.task_spec._update(fresh)

    return moved(definition, state, surroundings, go_back)


def _standing(run: Run, key: str) -> Token:
    for token in run.tokens(TaskState.READY):
        if token.task_spec.manual and token.id.hex == key:
            return token
    for one in awaited(run):
        if one.is_wait and one.key == key:
            return one.token
    raise CannotReenter


def _entry(token: Token, definition: Definition, element: str) -> Any:
    """Where a token enters the element: at its edge, where something can happen to it there."""
    process, _, name = element.rpartition("/")
    known = definition.elements.get(element)
    walk = token.workflow
    if known is None or known.kind not in AGAIN or walk.spec.process != process or _in_turns(token):
        raise CannotReenter
    spec = walk.spec.task_specs.get(name)
    if spec is None:
        raise CannotReenter
    return next((one for one in spec.inputs if is_edge(one)), spec)


def _in_turns(token: Token) -> bool:
    """Whether it stands in one turn of a list: the other turns could not be told apart from a new one."""
    above: Any = token
    while above is not None:
        if "items" in above.internal_data or "item" in above.internal_data:
            return True
        above = above.parent
    return False


def _leave(token: Token) -> None:
    """Stop it, and with it what waits on its edge; what it waited on the edge of, too."""
    edge = token.parent if token.parent is not None and is_edge(token.parent.task_spec) else None
    for one in list(edge.children) if edge is not None else [token]:
        if one.has_state(TaskState.NOT_FINISHED_MASK):
            one.cancel()
