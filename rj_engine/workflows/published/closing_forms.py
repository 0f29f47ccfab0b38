"""Forms that ask why a case ends: each reason they draw is one that figures know, and one of their pathway."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rj_engine import bpmn
from rj_engine.cases.reasons import ASKED_FOR
from rj_engine.errors import Finding
from rj_engine.forms import Form
from rj_engine.workflows.engine.definition import Element


def findings(pathway: str, elements: Iterable[Element], forms: Mapping[str, Form]) -> Iterator[Finding]:
    """One for each reason that no service could close a case of this pathway with; its element is the task.

    A service words, narrows and adds to the product's reasons by a list of its own: a form draws the product's.
    """
    for element in elements:
        form = forms.get(element.form or "")
        question = form.fields.get(ASKED_FOR) if form is not None else None
        for option in question.options if question is not None else ():
            words = _wrong(pathway, option.value)
            if words:
                told = f"The form “{element.form}” closes a case with “{option.label}” ({option.value}): {words}"
                yield Finding(_code(option.value), told, element=element.key)


def pathways() -> frozenset[str]:
    """The pathways that reasons are for."""
    return frozenset(each for known in bpmn.closure_reasons().values() for each in known["pathways"])


def _code(reason: str) -> str:
    return "reason_elsewhere" if reason in bpmn.closure_reasons() else "reason_unknown"


def _wrong(pathway: str, reason: str) -> str:
    """What is wrong with a reason; in a part that any pathway may call (no `pathway`), only whether it is known."""
    known = bpmn.closure_reasons().get(reason)
    if known is None:
        return "no figure knows that reason. Draw one that ships with the product; a service words it in its own list."
    if pathway and pathway not in known["pathways"]:
        return "that is no reason in this pathway. Draw another one."
    return ""
