"""Multi-instance: one turn for each item of a list, one after the other or all at once."""
# mypy: disallow-subclassing-any=False
# ruff: noqa: SLF001
# Reason: SpiffWorkflow ships no types, and its extension points start with an underscore.

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

from rj_engine.workflows.engine.elements import Walked
from rj_engine.workflows.engine.guards import EngineBroken
from rj_engine.workflows.engine.tokens import Scope, Token


class Each(Walked, BpmnSpecMixin):
    """Opens the same element once for each item of a list.

    The list is read once, at the beginning; an empty one passes. What a turn writes is its own until it is done or
    stopped, and then goes out without the loop variable; where two turns write the same name, the last is kept.
    """

    def __init__(
        self, wf_spec: Any, bpmn_id: str, *, collection: str, item: str, in_turn: bool, turn: str, **kwargs: Any
    ) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.collection = collection
        self.item = item
        self.in_turn = in_turn
        self.turn = turn
        """Name of the specification that is opened for each item."""

    def is_passed(self, token: Token) -> bool:
        """Its turns are in the history; the whole is only where there were none."""
        return not token.internal_data.get("items")

    def _update_hook(self, token: Token) -> bool:
        items = token.scope.flat().get(self.collection)
        if not isinstance(items, list):
            raise EngineBroken(f"There is no list “{self.collection}” to go through.", element=token.element)
        token.internal_data.update(items=list(items), next=0)
        if not items:
            return True
        token._set_state(TaskState.STARTED)
        for _ in items[:1] if self.in_turn else items:
            self._open(token)
        return False

    def _open(self, token: Token) -> None:
        number = token.internal_data["next"]
        token.internal_data["next"] = number + 1
        item = token.internal_data["items"][number]
        child = token._add_child(token.workflow.spec.task_specs[self.turn])
        child.own_scope = Scope(token.scope, {self.item: item})
        child.internal_data["item"] = item
        child.task_spec._update(child)

    def settle(self, token: Token, done: Token) -> None:
        """Take over what one turn wrote; open the next, or go on when none is left."""
        if done.task_spec.name != self.turn or done.own_scope is None:
            return
        done.own_scope.give_back({self.item})
        if token.internal_data["next"] < len(token.internal_data["items"]):
            self._open(token) if self.in_turn else None
        if not any(child.has_state(TaskState.NOT_FINISHED_MASK) for child in token.children):
            token._set_state(TaskState.READY)

    def follow(self, token: Token) -> None:
        """The turns are children too, so what comes after is always added."""
        for spec in self.outputs:
            token._add_child(spec)

    def _on_cancel(self, token: Token) -> None:
        for child in token.children:
            if child.has_state(TaskState.NOT_FINISHED_MASK):
                child.cancel()
                child.own_scope.give_back({self.item})
