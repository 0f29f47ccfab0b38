"""SpiffWorkflow as it comes, driven by FEEL instead of its own script engine, to compare ours with."""

from __future__ import annotations

from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from rj_engine import feel


class Answers:
    """A script engine for the stock workflow that knows FEEL and nothing else."""

    def evaluate(self, task: Any, expression: str, **_others: object) -> object:
        return feel.compile_expression(expression).evaluate(task.data)

    @property
    def environment(self) -> Answers:
        return self


def stock(source: bytes, **variables: object) -> BpmnWorkflow:
    """A stock workflow, started."""
    parser = BpmnParser()
    root = etree.fromstring(source)
    parser.add_bpmn_xml(root, "stock.bpmn")
    process = root.find("{*}process").get("id")
    workflow = BpmnWorkflow(parser.get_spec(process), parser.get_subprocess_specs(process), script_engine=Answers())
    workflow.task_tree.data.update(variables)
    workflow.do_engine_steps()
    return workflow


def stock_open(workflow: BpmnWorkflow) -> dict[str, Any]:
    """The tasks a person could do, by element id."""
    return {task.task_spec.bpmn_id: task for task in workflow.get_tasks(state=TaskState.READY, manual=True)}


def stock_do(workflow: BpmnWorkflow, element: str, **values: object) -> None:
    """Complete one task with answers."""
    task = stock_open(workflow)[element]
    task.data.update(values)
    task.run()
    workflow.do_engine_steps()
