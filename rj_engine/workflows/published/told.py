"""What each fact of a pathway can hold where it is read: told by the forms, decisions and calls that lead there."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from rj_engine import bpmn, dmn, feel
from rj_engine.dmn import foreseen
from rj_engine.dmn.elements import InputData
from rj_engine.feel.expression import read
from rj_engine.feel.syntax import tree
from rj_engine.feel.values.types import BOOLEAN, NULL, NUMBER, STRING, list_of
from rj_engine.forms import Form
from rj_engine.forms import parse as parse_form
from rj_engine.forms.form import Field
from rj_engine.workflows.engine import lint
from rj_engine.workflows.engine.diagram import Diagram, Node, feel_text
from rj_engine.workflows.published.passed import Part, Passing, parts, passes, together

NEVER_TOLD: Final = feel.Possible(NULL, frozenset())
Facts = Mapping[str, feel.Possible]
At = tuple[str, str]
"""A process and an element of it."""
OUTSIDE: Final[At] = ("", "")
"""Tells what a case brings along, what a message brings, and what a call hands in."""
Teller = tuple[At, feel.Possible]
"""Who tells a fact, and what it can then hold."""


class Step(NamedTuple):
    """An element before which it is still to be seen who told a fact."""

    where: At
    name: str
    is_handed: bool = False
    """Whether a call hands it in, maybe by another name."""
    past: Passing | None = None
    """What it holds, where only what comes past the choices on the way counts."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What a fact can hold at one place, and the elements that may have told it last."""

    possible: feel.Possible
    by: frozenset[At]


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """What a pathway is made of, as far as it says who tells which facts."""

    pathway: str
    diagrams: Mapping[str, Diagram]
    """By process."""
    forms: Mapping[str, Form]
    answers: Mapping[str, Facts]
    """What each decision can answer."""
    inputs: Mapping[str, Facts]
    """What each decision takes."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Drawn) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> Hashable:
        """The same for what says the same."""
        decided = (tuple((key, *facts.items()) for key, facts in of.items()) for of in (self.answers, self.inputs))
        return self.pathway, frozenset(self.diagrams.values()), frozenset(self.forms.items()), *decided


class Told:
    """Looks back from an element for whoever told a fact last, in every way that leads there."""

    def __init__(self, drawn: Drawn) -> None:
        self.drawn = drawn
        self._calls = list(_calls({**_shipped_diagrams(), **drawn.diagrams}))
        self._anywhere = _anywhere(tuple(drawn.forms.items()))
        self._here = {at: self._by(node) for at, node in _nodes(drawn.diagrams)}
        self._held: dict[tuple[str, str | None], dict[str, list[Teller]]] = {}
        self._known: dict[tuple[At, str], Fact] = {}
        self.ever = self._ever()
        """What each fact can hold at any time, whoever tells it."""

    def at(self, where: At, name: str) -> Fact:
        """What a fact can hold when a run comes to an element."""
        if (where, name) not in self._known:
            found = [*self._led(Step(where, name))] or [(OUTSIDE, NEVER_TOLD)]
            fact = Fact(feel.either(one for _, one in found), frozenset(by for by, _ in found))
            self._known[where, name] = fact
        return self._known[where, name]

    def past(self, where: At, name: str, *, surely: bool = False) -> feel.Possible:
        """What a fact can hold past every choice since it was told; or only what surely comes here, whatever else is.

        What is told inside a part, or before branches that meet again, is never sure: there it may be told anew.
        """
        known = self.at(where, name).possible
        if known.values == frozenset():
            return known
        return together([one for one in parts(known) if self._comes(where, name, one, surely=surely)])

    def _comes(self, where: At, name: str, part: Part, *, surely: bool) -> bool:
        start = Step(where, name, past=Passing(part.held, surely))
        return any(part.is_in(told) for _, told in self._led(start))

    def _ever(self) -> Facts:
        found = {name: [one] for name, one in self._anywhere.items()}
        for facts in self._here.values():
            for name, one in facts.items():
                found.setdefault(name, []).append(one)
        for at, call in self._calls:
            for name, text in call.takes.items():
                found.setdefault(name, []).extend(self._brought(text, at))
        return {name: feel.either(several) for name, several in found.items()}

    def _brought(self, text: str, at: At) -> Iterator[feel.Possible]:
        """What an input of a call can hold, from whoever told it."""
        found = list(self._handed(text, at))
        told = [one for one in found if not isinstance(one, Step)]
        told += self._led(*(one for one in found if isinstance(one, Step)))
        yield from [one for _, one in told] or [NEVER_TOLD]

    def _led(self, *starts: Step) -> Iterator[Teller]:
        """Those who told it and lead to these steps; each step is looked at once, however long the way is."""
        seen, left = set(starts), list(starts)
        while left:
            for found in self._back(left.pop()):
                if not isinstance(found, Step):
                    yield found
                elif found not in seen:
                    seen.add(found)
                    left.append(found)

    def _back(self, step: Step) -> Iterator[Teller | Step]:
        """Those who told it right before an element, and where to look on; what a call hands in is told outside."""
        for found in self._before(step):
            yield found if isinstance(found, Step) or not step.is_handed else (OUTSIDE, found[1])

    def _before(self, step: Step) -> Iterator[Teller | Step]:
        process, element = step.where
        diagram = self.drawn.diagrams[process]
        node = diagram.nodes[element]
        if (host := diagram.nodes.get(node.attached_to or "")) is not None:
            yield from self._by_message(step.name)
            yield from self._inside(process, host, step.name) if not _is_sure(step) else ()
            yield step._replace(where=(process, host.id))
        if node.kind == "startEvent":
            yield from self._entering(process, node.inside, step)
        flows = [flow for flow in diagram.incoming(element) if flow.source in diagram.nodes]
        if _is_sure(step) and node.kind == "parallelGateway" and len(flows) > 1:
            return
        for flow in flows:
            if step.past is None or passes(diagram, flow, step.name, step.past):
                yield from self._after(step._replace(where=(process, flow.source)))

    def _after(self, step: Step) -> Iterator[Teller | Step]:
        """Those who told it when an element is done."""
        process, element = step.where
        node = self.drawn.diagrams[process].nodes[element]
        told = self._here[step.where].get(step.name)
        if told is not None:
            yield step.where, told
            if node.loop is None:
                return
        if any(event.kind == "message" for event in node.events):
            yield from self._by_message(step.name)
        inside = list(self._inside(process, node, step.name))
        if not (inside and _is_sure(step)):
            yield from inside
            yield step

    def _by(self, node: Node) -> Facts:
        """What an element itself tells."""
        form = self.drawn.forms.get(node.element.form or "")
        if node.kind == "userTask" and form is not None:
            return asked_in(form)
        if node.kind == "businessRuleTask" and node.result:
            found = self.drawn.answers.get(node.decision or "", {})
            return {f"{node.result}_{entry}" if entry else node.result: one for entry, one in found.items()}
        return {}

    def _inside(self, process: str, node: Node, name: str) -> Iterator[Teller]:
        """Those inside a call or sub-process; a call's own inputs stay inside."""
        if node.called and name not in node.takes:
            yield from self._within(node.called, None).get(name, ())
        elif node.kind == "subProcess":
            yield from self._within(process, node.id).get(name, ())

    def _within(self, process: str, holder: str | None) -> Mapping[str, list[Teller]]:
        """Everybody who tells something in a part, by fact; what leads back into itself is counted once."""
        if (process, holder) in self._held or process not in self.drawn.diagrams:
            return self._held.get((process, holder), {})
        found = self._held[process, holder] = {}
        for node in self.drawn.diagrams[process].within(holder):
            for name, told in self._here[process, node.id].items():
                found.setdefault(name, []).append(((process, node.id), told))
            inner = (node.called, None) if node.called else (process, node.id)
            if node.called or node.kind == "subProcess":
                for name, several in self._within(*inner).items():
                    found.setdefault(name, []).extend(several if name not in node.takes else ())
        return found

    def _by_message(self, name: str) -> Iterator[Teller]:
        """What comes in with a message may be any fact that is ever asked."""
        if name in self._anywhere:
            yield OUTSIDE, self._anywhere[name].with_null()

    def _entering(self, process: str, holder: str | None, step: Step) -> Iterator[Teller | Step]:
        """What a sub-process or a call was entered with, or the case brings along."""
        name = step.name
        if holder:
            loop = self.drawn.diagrams[process].nodes[holder].loop
            yield from [(OUTSIDE, feel.Possible())] if loop and loop.item == name else ()
            yield step._replace(where=(process, holder))
            return
        calls = [(at, call) for at, call in self._calls if call.called == process]
        for at, call in calls:
            if call.loop and call.loop.item == name:
                yield OUTSIDE, feel.Possible()
            elif name in call.takes:
                handed = self._handed(call.takes[name], at)
                yield from (one._replace(past=step.past) if isinstance(one, Step) else one for one in handed)
            elif at[0] in self.drawn.diagrams:
                yield step._replace(where=at)
        if process == self.drawn.pathway or not calls:
            yield OUTSIDE, self._anywhere.get(name, NEVER_TOLD).with_null()

    def _handed(self, text: str, at: At) -> Iterator[Teller | Step]:
        """What an input of a call can hold, and where to look for what it reads."""
        try:
            yield from self._said(read(feel_text(text)), at)
        except feel.ExpressionRefused:
            yield OUTSIDE, feel.Possible()

    def _said(self, node: tree.Node, at: At) -> Iterator[Teller | Step]:
        if isinstance(node, tree.If):
            yield from self._said(node.yes, at)
            yield from self._said(node.no, at)
        elif isinstance(node, tree.Name) and at[0] in self.drawn.diagrams:
            yield Step(at, node.name, is_handed=True)
        else:
            yield OUTSIDE, feel.constant(node.value) if isinstance(node, tree.Literal) else feel.Possible()


def _is_sure(step: Step) -> bool:
    """Whether only what surely comes counts."""
    return step.past is not None and step.past.surely


def _nodes(diagrams: Mapping[str, Diagram]) -> Iterator[tuple[At, Node]]:
    for process, diagram in diagrams.items():
        yield from (((process, key), node) for key, node in diagram.nodes.items())


def _calls(diagrams: Mapping[str, Diagram]) -> Iterator[tuple[At, Node]]:
    return ((at, node) for at, node in _nodes(diagrams) if node.called)


@lru_cache(maxsize=1)
def _shipped_diagrams() -> Mapping[str, Diagram]:
    """A part is also called from pathways that are not of this bundle."""
    drawn, _ = lint.read_sources({f"{key}.bpmn": text for key, text in bpmn.pathways().items()})
    return {diagram.process: diagram for diagram in drawn}


def drawn_of(
    pathway: str, diagrams: Iterable[Diagram], forms: Mapping[str, Form], models: Mapping[str, dmn.Model]
) -> Drawn:
    """What these say about facts; of the decisions only those that a diagram takes."""
    by_process = {diagram.process: diagram for diagram in diagrams}
    wanted = {node.decision for _, node in _nodes(by_process) if node.decision} & models.keys()
    answers = {decision: _foreseen(models[decision], decision) for decision in sorted(wanted)}
    return Drawn(pathway, by_process, forms, answers, {key: _taken(models[key]) for key in answers})


_foreseen = lru_cache(maxsize=256)(foreseen.answers)


@lru_cache(maxsize=64)
def _taken(model: dmn.Model) -> Facts:
    nodes = model.definitions.nodes.values()
    return {node.name: foreseen.taken(model, node) for node in nodes if isinstance(node, InputData)}


@lru_cache(maxsize=1024)
def asked_in(form: Form) -> Facts:
    """What a run can take for the answers to a form."""
    return {field.key: _answered(field) for field in form.fields.values()}


def _answered(field: Field) -> feel.Possible:
    """What a run takes for the answer to a question: what is given, or what it stands for while it is not asked."""
    given = _given(field)
    if "unasked" not in field.properties or not (field.conditions or given.nullable):
        return given
    return feel.either([replace(given, nullable=False), feel.constant(field.properties["unasked"])])


@lru_cache(maxsize=1024)
def given_in(form: Form) -> Facts:
    """What the questions of a form hold while it is filled in, for those that are hidden by others."""
    return {field.key: _given(field) for field in form.fields.values()}


def _given(field: Field) -> feel.Possible:
    """What can be given to a question; one that may be left out or hidden is null, unless it has boxes."""
    nullable = not field.required or bool(field.conditions)
    options = frozenset(one.value for one in field.options) or None
    if field.type == "checkbox":
        return feel.Possible(BOOLEAN, nullable=False)
    if field.type == "checklist":
        return feel.Possible(list_of(STRING), options, nullable=False)
    if field.type == "number":
        least, most = (
            None if one is None else Decimal(str(one)) for one in (field.limits.minimum, field.limits.maximum)
        )
        return feel.Possible(NUMBER, None, least, most, nullable)
    return feel.Possible(STRING, options, nullable=nullable)


@lru_cache(maxsize=32)
def _anywhere(own: tuple[tuple[str, Form], ...]) -> Facts:
    """What every form that ships may tell, the bundle's own in their place: a case takes its facts along."""
    forms = {**_shipped(), **dict(own)}
    found: dict[str, list[feel.Possible]] = {}
    for form in forms.values():
        for name, one in asked_in(form).items():
            found.setdefault(name, []).append(one)
    for beside in bpmn.invariants()["watch"]["beside"].values():
        for name, value in ((name, value) for facts in beside.get("given", ()) for name, value in facts.items()):
            found.setdefault(name, []).append(feel.constant(value))
    return {name: feel.either(several) for name, several in found.items()}


@lru_cache(maxsize=1)
def _shipped() -> Mapping[str, Form]:
    return {key: parse_form(text.decode()) for key, text in bpmn.forms().items()}
