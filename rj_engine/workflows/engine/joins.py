"""Parallel gateways that count only the branches of their own turn."""
# mypy: disallow-subclassing-any=False
# ruff: noqa: SLF001, ARG002
# Reason: SpiffWorkflow ships no types; its extension points start with an underscore and have fixed signatures.

from __future__ import annotations

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from rj_engine.workflows.engine.elements import Walked
from rj_engine.workflows.engine.tokens import Token


class ParallelGateway(Walked, defaults.ParallelGateway):
    """Opens when a token waits on each incoming arrow, and consumes exactly one from each, as BPMN says.

    A token that has been consumed is gone, so a later turn of a loop can never be opened by an earlier one.
    """

    def _update_hook(self, token: Token) -> bool:
        arrows = set(self._inputs)
        if len(arrows) < 2:  # noqa: PLR2004 - one arrow in: it only splits
            return True
        token.internal_data["via"] = token.parent.task_spec.name
        token._set_state(TaskState.WAITING)
        first: dict[str, Token] = {}
        for other in token.workflow.tasks.values():
            if other.task_spec is self and other.state == TaskState.WAITING:
                first.setdefault(other.internal_data["via"], other)
        if set(first) != arrows:
            return False
        for other in first.values():
            if other is not token:
                other.cancel()
        return True

    def _run_hook(self, token: Token) -> bool:
        return True
