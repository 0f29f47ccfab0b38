"""Ways out of a gateway, held against what their facts can be: never taken, always, two at once, or none at all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

from rj_engine import dmn, feel
from rj_engine.errors import Finding
from rj_engine.forms import Form
from rj_engine.forms.form import Field
from rj_engine.workflows.engine import lint
from rj_engine.workflows.engine.diagram import Diagram, Flow, Node
from rj_engine.workflows.published import compared, decided_on
from rj_engine.workflows.published.told import NEVER_TOLD, OUTSIDE, Drawn, Fact, Told, drawn_of, given_in
from rj_engine.workflows.published.worded import fact_is, facts_are


@dataclass(frozen=True, slots=True)
class Choice:
    """One gateway, its ways out that have conditions, and what the facts they read can be."""

    process: str
    diagram: Diagram
    node: Node
    flows: tuple[Flow, ...]
    facts: Mapping[str, Fact]

    @property
    def conditions(self) -> tuple[str, ...]:
        """In the order of the flows."""
        return tuple(flow.condition or "" for flow in self.flows)

    def possible(self) -> dict[str, feel.Possible]:
        """What the facts can hold; one that nobody ever tells is found elsewhere and may be anything here."""
        told = {name: fact.possible for name, fact in self.facts.items()}
        return {name: feel.Possible() if one == NEVER_TOLD else one for name, one in told.items()}

    def past(self, told: Told, *, surely: bool) -> dict[str, feel.Possible]:
        """What is left of them past the choices before this one."""
        at = (self.process, self.node.id)
        known = self.possible()
        return {
            name: told.past(at, name, surely=surely) if one == self.facts[name].possible else one
            for name, one in known.items()
        }

    def to(self, flow: Flow) -> str:
        """Where a flow leads, in the words of the drawing."""
        target = self.diagram.nodes.get(flow.target)
        return (target.element.name if target is not None else "") or flow.target

    def at(self, flow: Flow) -> str:
        """Where a finding about a flow stands."""
        return f"{self.process}/{flow.id}"


def of(
    pathway: str, sources: Mapping[str, bytes], forms: Mapping[str, Form], models: Mapping[str, dmn.Model]
) -> list[Finding]:
    """What is wrong with the choices and decisions in these diagrams; one that cannot be read has none."""
    return list(_of(drawn_of(pathway, lint.read_sources(sources)[0], forms, models)))


@lru_cache(maxsize=16)
def _of(drawn: Drawn) -> tuple[Finding, ...]:
    """The same while nothing changes that says what facts can be: most edits of a row do not."""
    told = Told(drawn)
    return (*findings(told), *decided_on.findings(told))


def findings(told: Told) -> Iterator[Finding]:
    """What is wrong with the choices of a pathway, each with the arrow or gateway it is about.

    Where facts that different people tell would have to come together, only the proof can say whether they do: of
    those is told what any run can meet, and as a warning.
    """
    for process, diagram in told.drawn.diagrams.items():
        for node in diagram.nodes.values():
            choice = _choice(told, process, diagram, node) if node.kind == "exclusiveGateway" else None
            if choice is not None:
                yield from _found(told, choice)


def _choice(told: Told, process: str, diagram: Diagram, node: Node) -> Choice | None:
    """A gateway that chooses; None where it does not, or where a condition cannot even be read."""
    ways = diagram.outgoing(node.id)
    flows = tuple(flow for flow in ways if flow.condition and flow.id != node.default)
    if len(ways) < 2 or not flows:  # noqa: PLR2004 - one way out is no choice
        return None
    try:
        names = {name for flow in flows for name in feel.compile_expression(flow.condition or "").names}
    except feel.ExpressionRefused:
        return None
    return Choice(process, diagram, node, flows, {name: told.at((process, node.id), name) for name in sorted(names)})


def _found(told: Told, choice: Choice) -> Iterator[Finding]:
    possible = choice.possible()
    wrong = [
        one
        for flow in choice.flows
        for one in compared.findings(flow.condition or "", possible, told.ever, choice.at(flow))
    ]
    yield from wrong
    form = _form(told, choice)
    weighed = None if wrong else _weighed(choice, form, possible)
    if weighed is not None:
        yield from weighed.never()
        yield from _unfit(told, choice, form) if any(weighed.unfit()) else ()


def _unfit(told: Told, choice: Choice, form: Form | None) -> Iterator[Finding]:
    """What opens two ways or none: a warning where it may have gone another way before, or been told anew."""
    sure, perhaps = (_weighed(choice, form, choice.past(told, surely=one)) for one in (True, False))
    surely = dict(sure.unfit()) if sure is not None else {}
    for where, found in perhaps.unfit() if perhaps is not None else ():
        yield surely.get(where) or replace(found, severity="warning")


def _weighed(choice: Choice, form: Form | None, possible: Mapping[str, feel.Possible]) -> _Weighed | None:
    """The gateway with all combinations; without what its form leaves out where they are too many, or None."""
    hidden = _hidden(choice, form) if form is not None else {}
    if form is not None and hidden:
        empty = [_stands_for(form, name) for name in hidden]
        table = feel.truths([*choice.conditions, *hidden.values(), *empty], {**given_in(form), **possible})
        if table is not None:
            return _Weighed(choice, table, _real(form, hidden, table, table.conditions[len(choice.flows) :]))
    table = feel.truths(choice.conditions, possible)
    return None if table is None else _Weighed(choice, table, table.all)


def _form(told: Told, choice: Choice) -> Form | None:
    """The one form that asks everything the gateway reads; None where it is not one."""
    by = {one for fact in choice.facts.values() for one in fact.by}
    if len(by) != 1 or OUTSIDE in by:
        return None
    process, element = by.pop()
    return told.drawn.forms.get(told.drawn.diagrams[process].nodes[element].element.form or "")


def _hidden(choice: Choice, form: Form) -> dict[str, str]:
    """For each fact the condition under which its question is left out, where there is one."""
    asked = {name: form.fields[name].conditions for name in choice.facts}
    return {
        name: " or ".join(f"({one.text})" for one in conditions) for name, conditions in asked.items() if conditions
    }


def _stands_for(form: Form, name: str) -> str:
    """The condition that a fact holds what it does while its question is left out."""
    held = form.fields[name].properties.get("unasked")
    return f"{name} = {'null' if held is None else json.dumps(held, ensure_ascii=False)}"


def _real(form: Form, hidden: Mapping[str, str], table: feel.Truths, truths: Sequence[feel.Truth]) -> int:
    """The combinations that the form lets through: what is left out holds what that stands for, the rest is given.

    A question that is itself left out hides others as one without an answer, whatever it stands for in the run.
    """
    left_out, empty = truths[: len(hidden)], dict(zip(hidden, truths[len(hidden) :], strict=True))
    real = table.all
    for (name, text), out in zip(hidden.items(), left_out, strict=True):
        nothing = empty[name].holds
        if not nothing or not empty[name].is_sure:
            continue
        wrong = out.holds & ~out.fails & ~nothing
        wrong |= 0 if _can_be_given(form.fields[name]) else out.fails & ~out.holds & nothing
        for other in feel.compile_expression(text).names & hidden.keys():
            wrong &= ~empty[other].holds if "unasked" in form.fields[other].properties else table.all
        real &= ~wrong
    return real


def _can_be_given(field: Field) -> bool:
    """Whether an answer can be what stands for the question while it is left out."""
    held = field.properties.get("unasked")
    return not field.required or (
        held is not None and (not field.options or held in {one.value for one in field.options})
    )


class _Weighed:
    """One gateway with all its combinations."""

    def __init__(self, choice: Choice, table: feel.Truths, real: int) -> None:
        self.choice, self.table, self.real = choice, table, real
        self.ways = list(zip(choice.flows, table.conditions[: len(choice.flows)], strict=True))

    def never(self) -> Iterator[Finding]:
        """Ways that nothing can lead into, and one that everything does."""
        for flow, truth in self.ways:
            if not truth.holds & self.real:
                yield Finding("never_taken", f"This way out is never taken: {self._can_be(flow)}", self.choice.at(flow))
            elif not self.real & ~truth.holds and truth.is_sure:
                words = f"This way out is always taken, so the others never are: {self._can_be(flow)}"
                yield Finding("always_taken", words, self.choice.at(flow))

    def _can_be(self, flow: Flow) -> str:
        names = feel.compile_expression(flow.condition or "").names
        return " ".join(fact_is(name, self.choice.facts[name].possible) for name in sorted(names))

    def unfit(self) -> Iterator[tuple[tuple[str, ...], Finding]]:
        """What only some facts meet, each with the arrows or the gateway it is about."""
        yield from self.together()
        yield from self.none()

    def together(self) -> Iterator[tuple[tuple[str, ...], Finding]]:
        """Two ways that one run would have to take at once."""
        for (one, truth), (other, another) in combinations(self.ways, 2):
            names = (
                feel.compile_expression(one.condition or "").names
                | feel.compile_expression(other.condition or "").names
            )
            severity = self._weight(names)
            both = truth.holds & another.holds & self.real & self._told(names)
            if both and severity and truth.is_sure and another.is_sure:
                example = facts_are({name: value for name, value in self.table.example(both).items() if name in names})
                words = f"This way out and the one to “{self.choice.to(other)}” are both open when {example}."
                told = Finding("ways_overlap", f"{words} Only one may be.", self.choice.at(one), severity=severity)
                yield (one.id, other.id), told

    def none(self) -> Iterator[tuple[tuple[str, ...], Finding]]:
        """Facts with which a run could not go on."""
        if self.choice.node.default:
            return
        left = self.real & self._told(self.choice.facts)
        for _, truth in self.ways:
            left &= ~truth.holds
        severity = self._weight(self.choice.facts)
        if left and severity and not any(OUTSIDE in fact.by for fact in self.choice.facts.values()):
            words = f"No way leads on when {facts_are(self.table.example(left))}. Add a way for it, or a default."
            where = f"{self.choice.process}/{self.choice.node.id}"
            yield (where,), Finding("no_way_on", words, where, severity=severity)

    def _told(self, names: Iterable[str]) -> int:
        """The combinations in which what comes from elsewhere has been told."""
        told = self.table.all
        for name in names:
            if OUTSIDE in self.choice.facts[name].by and name in self.table.names and None in self.table.of(name):
                told &= ~self.table.where(name, None)
        return told

    def _weight(self, names: Iterable[str]) -> str:
        """How sure it is that these facts can come together in any way: `error`, `warning`, or not at all."""
        facts = [self.choice.facts[name] for name in names]
        by = {one for fact in facts for one in fact.by}
        if len(facts) == 1 or (len(by) == 1 and OUTSIDE not in by):
            return "error"
        return "" if OUTSIDE in by or any(fact.possible.nullable for fact in facts) else "warning"
