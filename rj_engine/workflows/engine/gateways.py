"""Where a run chooses its way: exclusive gateways by conditions, event-based gateways by what happens first."""
# mypy: disallow-subclassing-any=False
# ruff: noqa: SLF001
# Reason: SpiffWorkflow ships no types, and its extension points start with an underscore.

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.event_definitions import NoneEventDefinition
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState

from rj_engine import feel
from rj_engine.workflows.engine.elements import Walked
from rj_engine.workflows.engine.events import ClockTimer
from rj_engine.workflows.engine.guards import ConditionUndecided, NoFlowMatched, TwoFlowsMatched
from rj_engine.workflows.engine.tokens import Token


class Condition:
    """A FEEL condition on one arrow, compiled once."""

    def __init__(self, text: str, flow: str) -> None:
        self.flow = flow
        self.expression = feel.compile_expression(text)

    def answer(self, variables: dict[str, object]) -> bool | None:
        """True or false; None where the variables do not decide it."""
        answer = self.expression.evaluate(variables)
        return answer if isinstance(answer, bool) else None


class ExclusiveGateway(Walked, defaults.ExclusiveGateway):
    """Takes the one way whose condition holds, or the default when all conditions are known not to.

    The stock gateway takes the first that holds, in the order of height on the page: moving a box would change a case.
    """

    def _run_hook(self, token: Token) -> bool:
        variables = token.scope.flat()
        answers = [
            (condition, name, condition.answer(variables)) for condition, name in self.cond_task_specs if condition
        ]
        holding = [name for _, name, answer in answers if answer]
        if len(holding) > 1:
            raise TwoFlowsMatched(element=token.element)
        unknown = [condition.flow for condition, _, answer in answers if answer is None]
        if unknown and not holding:
            raise ConditionUndecided(element=token.element, flow=unknown[0])
        chosen = holding[0] if holding else self.default_task_spec
        if chosen is None:
            raise NoFlowMatched(element=token.element)
        token._add_child(token.workflow.spec.task_specs[chosen])
        return True


class EventGateway(Walked, defaults.EventBasedGateway):
    """Waits for the first of several events; each timer has its own due time."""

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, event_definition=NoneEventDefinition(), **kwargs)
        self.choices: dict[str, Any] = {}

    def connect(self, child: Any) -> None:
        """Take the waiting over from the event that follows."""
        TaskSpec.connect(self, child)
        self.choices[child.name] = child.event_definition
        child.event_definition = NoneEventDefinition()

    def _update_hook(self, token: Token) -> bool:
        if "chosen" in token.internal_data:
            return True
        timers = {name: one for name, one in self.choices.items() if isinstance(one, ClockTimer)}
        token.internal_data["dues"] = {name: timer.due_text(token) for name, timer in timers.items()}
        token._set_state(TaskState.WAITING)
        return False

    def _on_ready_hook(self, token: Token) -> None:
        """Nothing to put away."""

    def _run_hook(self, token: Token) -> bool:
        token._add_child(token.workflow.spec.task_specs[token.internal_data["chosen"]])
        return True
