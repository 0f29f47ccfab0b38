"""Facts that a pathway's conditions read and that nobody ever tells: such a way out is never taken."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache

from rj_engine import bpmn, feel
from rj_engine.errors import Finding
from rj_engine.forms import Form
from rj_engine.forms import parse as parse_form
from rj_engine.workflows.engine import lint
from rj_engine.workflows.engine.diagram import Diagram, Flow, Node


def findings(sources: Mapping[str, bytes], forms: Iterable[Form]) -> Iterator[Finding]:
    """One for each name in a condition that no form asks, no decision answers, no call hands in and no list deals out.

    A pathway takes over the facts of the one before it, so the questions of every shipped form count as asked; so do
    the facts that whoever begins a pathway beside a case gives it (`given` in `invariants.json`).
    """
    drawn, _ = lint.read_sources(sources)
    nodes = [node for diagram in drawn for node in diagram.nodes.values()]
    told = {*_asked_anywhere(), *(name for form in forms for name in form.fields)}
    told |= {name for node in nodes for name in _set_by(node)}
    decided = tuple(f"{node.result}_" for node in nodes if node.result)
    for diagram in drawn:
        yield from _in(diagram, told, decided)


def _in(diagram: Diagram, told: Collection[str], decided: tuple[str, ...]) -> Iterator[Finding]:
    for flow in diagram.flows:
        for name in sorted(_read(flow)):
            if name not in told and not name.startswith(decided):
                near = get_close_matches(name, list(told), n=1)
                words = f"Nothing ever tells “{name}”, so this way out cannot be relied on."
                also = f" Did you mean “{near[0]}”?" if near else ""
                yield Finding("unknown_fact", words + also, element=f"{diagram.process}/{flow.id}")


def _read(flow: Flow) -> frozenset[str]:
    """What a condition reads; of one that is no FEEL, which is found elsewhere, nothing."""
    try:
        return feel.compile_expression(flow.condition).names if flow.condition else frozenset()
    except feel.ExpressionRefused:
        return frozenset()


def _set_by(node: Node) -> Iterator[str]:
    yield from node.takes
    if node.result:
        yield node.result
    if node.loop and node.loop.item:
        yield node.loop.item


@cache
def _asked_anywhere() -> frozenset[str]:
    asked = {name for text in bpmn.forms().values() for name in parse_form(text.decode()).fields}
    beside = bpmn.invariants()["watch"]["beside"].values()
    return frozenset(asked | {name for one in beside for facts in one.get("given", ()) for name in facts})
