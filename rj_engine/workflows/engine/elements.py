"""The ordinary elements: start, end, user task, decision, letter, and what all of ours have in common."""
# mypy: disallow-subclassing-any=False
# ruff: noqa: SLF001, ARG002
# Reason: SpiffWorkflow ships no types; its extension points start with an underscore and have fixed signatures.

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BpmnStartTask
from SpiffWorkflow.bpmn.specs.event_definitions import NoneEventDefinition, TerminateEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.util.task import TaskState

from rj_engine.workflows.engine.guards import EngineBroken, NoRowMatched, ValuesRefused, flat_values
from rj_engine.workflows.engine.step import Decided, Send
from rj_engine.workflows.engine.tokens import Token


class Walked:
    """What every element of ours does differently from the stock one; stands first among the bases."""

    outputs: list[Any]
    bpmn_id: str | None

    def is_passed(self, token: Token) -> bool:
        """Whether a reader of the history would miss it."""
        return self.bpmn_id is not None

    def test(self) -> None:
        """Nothing at run time: the linter has seen the diagram."""

    def _predict(self, *args: object, **kwargs: object) -> None:
        """Nothing: successors are made when they are due."""

    def follow(self, token: Token) -> None:
        """Make the token's successors, unless running it chose them already."""
        if not token._children:
            for spec in self.outputs:
                token._add_child(spec)

    def _on_complete(self, token: Token) -> None:
        """Settle with the edge or the multi-instance that holds the token, then let the successors begin."""
        parent = token.parent
        settle = getattr(parent.task_spec, "settle", None) if parent is not None else None
        if settle is not None:
            settle(parent, token)
        self.follow(token)
        for child in token.children:
            if not child.has_state(TaskState.FINISHED_MASK):
                child.task_spec._update(child)
        token.workflow._task_completed_notify(token)


class Start(Walked, BpmnStartTask):
    """The point before the start event that SpiffWorkflow needs and nobody draws."""


class Process(BpmnProcessSpec):
    """The specification of one process; without the stock end join, which waits by walking the whole tree."""

    def __init__(self, name: str, process: str) -> None:
        WorkflowSpec.__init__(self, name=name)
        self.process = process
        self.data_objects: dict[str, Any] = {}
        self.data_stores: dict[str, Any] = {}
        self.correlation_keys: dict[str, Any] = {}
        self.bpmn_start_events: list[Any] = []
        self.io_specification = None
        self.start = Start(self, "Start")
        self.end = None


class StartEvent(Walked, defaults.StartEvent):
    """Where a process begins."""

    def _update_hook(self, token: Token) -> bool:
        return True

    def _on_ready_hook(self, token: Token) -> None:
        """Nothing waits."""

    def _run_hook(self, token: Token) -> bool:
        return True


class EndEvent(Walked, defaults.EndEvent):
    """Where a path ends; a terminate end stops everything else in its process."""

    def _run_hook(self, token: Token) -> bool:
        return True

    def _on_complete(self, token: Token) -> None:
        if isinstance(self.event_definition, TerminateEventDefinition):
            for other in token.workflow.unfinished():
                if other._state & TaskState.NOT_FINISHED_MASK:
                    other.cancel()
        super()._on_complete(token)


class UserTask(Walked, defaults.UserTask):
    """Something a person does."""


class BusinessRuleTask(Walked, BpmnSpecMixin):
    """Asks the decision table, and keeps only what it says now."""

    def __init__(self, wf_spec: Any, bpmn_id: str, *, decision: str, result: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.decision = decision
        self.result = result

    def _run_hook(self, token: Token) -> bool:
        journey = token.workflow.top_workflow.journey
        answer = journey.surroundings.decide(self.decision, token.scope.flat())
        if not answer.matched:
            raise NoRowMatched(element=token.element, decision=self.decision)
        try:
            token.scope.update(flat_values(self._named(answer.value, token.scope.flat())))
        except ValuesRefused as refusal:
            raise EngineBroken(
                f"The decision {self.decision} gave something a pathway cannot be steered by.", element=token.element
            ) from refusal
        journey.decided.append(Decided(token.element, self.decision, answer.value, answer.explained))
        return True

    def _named(self, value: object, before: Mapping[str, object]) -> dict[str, object]:
        """What may steer from here on; entries with a structure of their own (reasons, actions) stay in the answer.

        A name that such an entry had as a plain value before is emptied, so that nothing old steers.
        """
        if not isinstance(value, Mapping):
            return {self.result: value}
        named = {f"{self.result}_{entry}": None if _structured(one) else one for entry, one in value.items()}
        structured = {f"{self.result}_{entry}" for entry, one in value.items() if _structured(one)}
        return {name: one for name, one in named.items() if name not in structured or name in before}


def _structured(value: object) -> bool:
    items = value if isinstance(value, list | tuple) else [value]
    return any(isinstance(item, Mapping | list | tuple) for item in items)


class SendTask(Walked, defaults.SendTask):
    """Asks for a letter or a notice; what becomes of it is decided elsewhere."""

    def __init__(self, wf_spec: Any, bpmn_id: str, *, properties: Mapping[str, str], **kwargs: Any) -> None:
        self.properties = properties
        super().__init__(wf_spec, bpmn_id, event_definition=NoneEventDefinition(), **kwargs)

    def _run_hook(self, token: Token) -> bool:
        token.workflow.top_workflow.journey.sends.append(Send(token.element, self.properties, token.scope.flat()))
        return True
