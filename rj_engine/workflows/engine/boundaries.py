"""The edge of an element: what may interrupt it, and what merely reminds."""
# mypy: disallow-subclassing-any=False
# ruff: noqa: ARG002
# Reason: SpiffWorkflow ships no types; its extension points start with an underscore and have fixed signatures.

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.util.task import TaskState

from rj_engine.workflows.engine.elements import Walked
from rj_engine.workflows.engine.events import BoundaryEvent
from rj_engine.workflows.engine.tokens import Token


class Edge(Walked, BoundaryEventSplit):
    """Starts an element together with the events on its edge, and ends them together."""

    def _run_hook(self, token: Token) -> bool:
        return True

    def settle(self, token: Token, done: Token) -> None:
        """When the element is done its events stop; when an interrupting event happens the element stops."""
        event = done.task_spec
        if isinstance(event, BoundaryEvent) and not event.cancel_activity:
            return
        for other in token.children:
            if other is not done and other.has_state(TaskState.NOT_FINISHED_MASK):
                other.cancel()


def is_edge(spec: Any) -> bool:
    """Whether this is the edge of an element."""
    return isinstance(spec, Edge)
