"""The limits of one step, and the words used when a run cannot go on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from rj_engine.errors import Broken, Finding, Refused

STEP_BUDGET: Final = 500
"""Elements one command may pass."""
DEPTH_LIMIT: Final = 700
"""SpiffWorkflow stops seeing tasks at 1,000 without a word; nothing of ours comes near."""
TEXT_LIMIT: Final = 4_000
LIST_LIMIT: Final = 200
RESERVED: Final = frozenset({"typename"})
"""A variable of this name makes a stored SpiffWorkflow case unreadable."""


class EngineBroken(Broken):
    """This case could not be moved on. Nothing was saved; a lead has been told."""

    code = "engine_broken"

    def __init__(self, sentence: str | None = None, *, element: str | None = None, **context: object) -> None:
        """`element` is `process/id` of where it stopped."""
        self.element = element
        super().__init__(sentence, element=element, **context)


class NoFlowMatched(EngineBroken):
    """No way out of this gateway fits the answers given."""

    code = "no_flow_matched"


class TwoFlowsMatched(EngineBroken):
    """More than one way out of this gateway fits the answers given."""

    code = "two_flows_matched"


class ConditionUndecided(EngineBroken):
    """A condition is neither true nor false for the answers given."""

    code = "condition_undecided"


class NoRowMatched(EngineBroken):
    """No row of the decision table fits the facts, so nothing was decided."""

    code = "no_row_matched"


class BudgetSpent(EngineBroken):
    """The pathway did not come to rest."""

    code = "step_budget_spent"


class TooDeep(EngineBroken):
    """The run has grown too deep to be followed safely."""

    code = "too_deep"


class StateUnreadable(EngineBroken):
    """The stored state of this run cannot be read."""

    code = "state_unreadable"


class ElementGone(StateUnreadable):
    """The run waits at an element that this version of the pathway does not have."""

    code = "element_gone"


class Stuck(EngineBroken):
    """The run has stopped short of its end with nobody's move and no clock running."""

    code = "stuck"


class TaskNotOpen(Refused):
    """This task is not open any more."""

    code = "task_not_open"


class NothingWaits(Refused):
    """Nothing in this run waits for that."""

    code = "nothing_waits"


class ValuesRefused(Refused):
    """These values cannot steer a pathway."""

    code = "values_refused"

    def __init__(self, findings: list[Finding]) -> None:
        """`findings` name the values, never what they hold."""
        self.findings = findings
        super().__init__(findings[0].message, names=[finding.element for finding in findings])


def _fault(name: object, value: object) -> str | None:
    if not isinstance(name, str) or not name.isidentifier() or name.startswith("_") or name in RESERVED:
        return f"“{name}” cannot be the name of a value that steers a pathway."
    if isinstance(value, list):
        fits = len(value) <= LIST_LIMIT and all(isinstance(item, str) and len(item) <= TEXT_LIMIT for item in value)
        return None if fits else f"“{name}” must be a list of at most {LIST_LIMIT} short texts."
    if isinstance(value, str):
        fits = len(value) <= TEXT_LIMIT
        return None if fits else f"“{name}” is too long to steer a pathway; keep it in the answers."
    fits = value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value))
    return None if fits else f"“{name}” must be text, yes/no, a number or a list of texts."


def plain(value: object) -> object:
    """The value as it is stored: a tuple becomes a list, a Decimal the number it is, a date its ISO text."""
    if isinstance(value, Decimal) and value.is_finite():
        return int(value) if value == value.to_integral_value() and abs(value) < 2**53 else float(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def flat_values(values: Mapping[str, object]) -> dict[str, object]:
    """A copy of the values, checked: flat, of plain types, none under a reserved name.

    Refused as a whole with `ValuesRefused` if one of them does not fit.
    """
    taken = {name: plain(value) for name, value in values.items()}
    faults = [(name, _fault(name, value)) for name, value in taken.items()]
    findings = [Finding("value_refused", fault, str(name)) for name, fault in faults if fault]
    if findings:
        raise ValuesRefused(findings)
    return taken
