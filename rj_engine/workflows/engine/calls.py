"""Sub-processes and called processes."""
# mypy: disallow-subclassing-any=False
# ruff: noqa: SLF001, ARG002
# Reason: SpiffWorkflow ships no types; its extension points start with an underscore and have fixed signatures.

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from rj_engine import feel
from rj_engine.workflows.engine.elements import Walked
from rj_engine.workflows.engine.guards import EngineBroken, ValuesRefused, flat_values
from rj_engine.workflows.engine.tokens import Scope, Token


class _Holding(Walked):
    """Holds a part of the run and is done when that part is."""

    spec: str

    def inner_scope(self, token: Token) -> Scope:
        """The variables the part works on."""
        return token.scope

    def _update_hook(self, token: Token) -> bool:
        part = token.workflow.top_workflow.open_part(token, self.spec, self.inner_scope(token))
        token._set_state(TaskState.STARTED)
        part.plant().run()
        return False

    def give_back(self, token: Token, part: Any) -> None:
        """What the part has written stands in the holder's variables when it is over."""

    def _on_cancel(self, token: Token) -> None:
        part = token.workflow.top_workflow.subprocesses.pop(token.id, None)
        if part is not None:
            part.cancel()
            self.give_back(token, part)


class SubProcess(_Holding, defaults.SubWorkflowTask):
    """A sub-process drawn inside; it shares the variables of what holds it."""


class CallActivity(_Holding, defaults.CallActivity):
    """A called process: all variables go in and come out, but for those it is given as inputs of its own.

    It keeps its answers to itself until it returns or is stopped.
    """

    takes: Mapping[str, feel.Expression]

    def __init__(self, wf_spec: Any, bpmn_id: str, *, takes: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.takes = {name: feel.compile_expression(text) for name, text in takes.items()}

    def inner_scope(self, token: Token) -> Scope:
        """The same variables, with the call's inputs laid over them."""
        variables = token.scope.flat()
        given = {name: feel.to_json(expression.evaluate(variables)) for name, expression in self.takes.items()}
        try:
            return Scope(token.scope, flat_values(given))
        except ValuesRefused as refusal:
            raise EngineBroken("An input of a called pathway is not a plain value.", element=token.element) from refusal

    def give_back(self, token: Token, part: Any) -> None:
        """Its inputs stay inside; everything else it has written comes out."""
        part.scope.give_back(self.takes)
