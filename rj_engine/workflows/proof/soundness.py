"""The invariants that are about the drawing as such: who hears, what can be reached, who waits for whom."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from typing import Final

from rj_engine import bpmn, feel
from rj_engine.dmn.elements import Definitions, InputData
from rj_engine.workflows.engine.definition import Element
from rj_engine.workflows.engine.step import OpenTask
from rj_engine.workflows.proof import lenses
from rj_engine.workflows.proof.explore import Edge, Graph, ends
from rj_engine.workflows.proof.invariants import Breach, Invariant, Walks, check
from rj_engine.workflows.proof.needs import About, missing, read_by
from rj_engine.workflows.proof.reads import diagrams_of

PEOPLE: Final = frozenset({"victim", "harmer", "both"})
NO_TASK: Final = OpenTask("", "", "", None, None, None, {}, None, {})
"""What is open at an end."""


def _leads_to(graph: Graph, targets: Iterable[int], *, messages: bool = True) -> set[int]:
    """The states from which one of `targets` can be reached, themselves among them."""
    before: dict[int, list[int]] = defaultdict(list)
    for number, edges in enumerate(graph.edges):
        for edge in edges:
            if messages or edge.kind != "message":
                before[edge.to].append(number)
    found = set(targets)
    left = list(found)
    while left:
        for earlier in before[left.pop()]:
            if earlier not in found:
                found.add(earlier)
                left.append(earlier)
    return found


def _offering(invariant: Invariant, graph: Graph) -> list[int]:
    return [
        number
        for number, state in enumerate(graph.states)
        if any(invariant.touches(task.properties) for task in state.tasks)
    ]


def _breaches(walks: Walks, states: Iterable[int], words: Callable[[int], str | None]) -> Iterator[Breach]:
    """What is wrong at these states, the nearest to the start first."""
    walked = walks.through(lenses.NOTHING)
    for node in sorted(walked.first_at[state] for state in states):
        if told := words(walked.nodes[node].state):
            yield Breach(told, walked, node)


def _drawn(walks: Walks, words: str, element: str) -> Breach:
    return Breach(words, walks.through(lenses.NOTHING), element=element)


@check("heard")
def _heard(invariant: Invariant, walks: Walks) -> Iterator[Breach]:
    graph, wanted = walks.graph, set(invariant.told["messages"])

    def unheard(state: int) -> str | None:
        lost = sorted(wanted - graph.states[state].messages)
        return f"a moment when nobody would hear “{lost[0].replace('_', ' ')}”" if lost else None

    return _breaches(walks, _leads_to(graph, _offering(invariant, graph)), unheard)


@check("reaches")
def _reaches(invariant: Invariant, walks: Walks) -> Iterator[Breach]:
    graph, wanted = walks.graph, invariant.told["reaches"]
    there = [
        number
        for number, state in enumerate(graph.states)
        if any(task.properties.get("effect") == wanted for task in state.tasks)
    ]
    cut_off = _leads_to(graph, _offering(invariant, graph)) - _leads_to(graph, there)
    return _breaches(walks, cut_off, lambda _state: f"a moment from which no way leads to {wanted}")


@check("ends")
def _ends(_invariant: Invariant, walks: Walks) -> Iterator[Breach]:
    stuck = set(range(len(walks.graph.states))) - _leads_to(walks.graph, ends(walks.graph), messages=False)
    return _breaches(walks, stuck, lambda _state: "a moment from which people and clocks cannot reach an end")


@check("timers")
def _timers(_invariant: Invariant, walks: Walks) -> Iterator[Breach]:
    graph = walks.graph

    def sent(state: int) -> str | None:
        edges = (edge for edge in graph.edges[state] if edge.kind != "task" and _reaches_people(edge))
        return next((f"“{edge.name}” alone sends something to a person" for edge in edges), None)

    return _breaches(walks, range(len(graph.states)), sent)


def _reaches_people(edge: Edge) -> bool:
    return any(properties.get("party") in PEOPLE for _, properties in edge.sends)


@check("chosen")
def _chosen(invariant: Invariant, walks: Walks) -> Iterator[Breach]:
    """A letter leaves in the step in which somebody chose it."""
    graph, letters = walks.graph, invariant.told["letters"]

    def unasked(state: int) -> str | None:
        for edge in graph.edges[state]:
            for _, properties in edge.sends:
                question, answer = letters.get(properties.get("letter", ""), ("", None))
                if question and edge.answers.get(question) != answer:
                    return f"“{edge.name or 'Start'}” sends {properties['letter']} though nobody chose it"
        return None

    return _breaches(walks, range(len(graph.states)), unasked)


@check("named_ends")
def _named_ends(_invariant: Invariant, walks: Walks) -> Iterator[Breach]:
    graph, elements = walks.graph, walks.graph.published.definition.elements

    def unnamed(number: int) -> str | None:
        end = elements[graph.states[number].end or ""]
        known = _goes_on(walks, end, graph.states[number].variables)
        return None if known else f"“{end.name}” without a closure reason of this pathway or a pathway that goes on"

    return _breaches(walks, ends(graph), unnamed)


@check("decided")
def _decided(invariant: Invariant, walks: Walks) -> Iterator[Breach]:
    """Each answer leads to the end that says it; one that is not named leads to none."""
    question, said = invariant.told["question"], invariant.told["says"]
    walked, elements = walks.through(lenses.answers(question)), walks.graph.published.definition.elements
    for number, node in enumerate(walked.nodes):
        end = elements.get(walks.graph.states[node.state].end or "")
        answer = dict(node.facts.noted).get(question)
        if end is None or answer is None:
            continue
        told = end.properties.get("tells") or ("closes" if "closure_reason" in end.properties else "nothing")
        if said.get(answer) != told:
            yield Breach(f"“{end.name}” though “{question}” is {answer}", walked, number)


@check("at_end")
def _at_end(invariant: Invariant, walks: Walks) -> Iterator[Breach]:
    """What has to be on record when a pathway ends in one way."""
    published = walks.graph.published
    place = f"{published.pathway}/{invariant.told['end']}"
    for need in invariant.told["needs"]:
        walked = walks.through(read_by(need))
        for number, node in enumerate(walked.nodes):
            end = walks.graph.states[node.state].end
            words = missing(About(published, node.facts, NO_TASK), need) if end == place else None
            if words:
                yield Breach(f"“{published.definition.elements[place].name}” {words}", walked, number)


def _goes_on(walks: Walks, end: Element, variables: Mapping[str, object]) -> bool:
    published = walks.graph.published
    if "starts" in end.properties:
        return published.evaluated(end.properties["starts"], variables) in bpmn.pathways()
    if "closure_reason" in end.properties:
        reason = bpmn.closure_reasons().get(published.evaluated(end.properties["closure_reason"], variables), {})
        return published.pathway in reason.get("pathways", ())
    return "tells" in end.properties or published.pathway in walks.watching.beside


@check("unsteered")
def _unsteered(invariant: Invariant, walks: Walks) -> Iterator[Breach]:
    for diagram in diagrams_of(walks.graph.published.definition).values():
        for flow in diagram.flows:
            names = feel.compile_expression(flow.condition).names if flow.condition else frozenset()
            if read := sorted(names & set(invariant.told["never"])):
                place = f"{diagram.process}/{flow.id}"
                yield _drawn(walks, f"a way is chosen on “{read[0]}”", place)


@check("owned")
def _owned(_invariant: Invariant, walks: Walks) -> Iterator[Breach]:
    lanes, states = bpmn.roles()["lanes"], walks.graph.states

    def orphaned(number: int) -> str | None:
        state = states[number]
        for task in state.tasks:
            if task.due is None or task.lane not in lanes:
                return f"“{task.name}” has no owner or no time by which it is due"
        waits = state.end is None and not state.tasks and not state.waits
        return "a wait that no clock ends and nobody owns" if waits else None

    return _breaches(walks, range(len(states)), orphaned)


@check("alive")
def _alive(_invariant: Invariant, walks: Walks) -> Iterator[Breach]:
    """A task of a part that other pathways call too may be there for one of them."""
    graph = walks.graph
    shared = _called_by_others(graph.published.pathway)
    for element in graph.published.definition.elements.values():
        if element.kind == "userTask" and element.key not in graph.opened and element.process not in shared:
            yield _drawn(walks, f"“{element.name}” can never come up", element.key)


def _called_by_others(pathway: str) -> set[str]:
    """The parts that a shipped pathway other than this one calls, directly or not."""
    calls = {key: set(re.findall(rb'calledElement="(\w+)"', text)) for key, text in bpmn.pathways().items()}
    parts = {part.decode() for called in calls.values() for part in called}
    found: set[str] = set()
    left = [key for key in calls if key not in parts and key != pathway]
    while left:
        new = {part.decode() for part in calls.get(left.pop(), set())} - found
        found |= new
        left += new
    return found


@check("unbroken")
def _unbroken(_invariant: Invariant, walks: Walks) -> Iterator[Breach]:
    walked = walks.through(lenses.NOTHING)
    for broken in walks.graph.broken:
        answers = ", ".join(f"{key}: {value}" for key, value in broken.answers.items())
        words = f"“{broken.name}” ({answers}): {broken.sentence}"
        yield Breach(words, walked, walked.first_at.get(broken.state), broken.at)


@check("asks")
def _asks(invariant: Invariant, walks: Walks) -> Iterator[Breach]:
    published = walks.graph.published
    for element in published.definition.elements.values():
        if not invariant.touches(element.properties):
            continue
        if element.properties.get("record") not in invariant.told["records"]:
            continue
        form = published.forms.get(element.form or "")
        for question in invariant.told["asks"]:
            if form is None or question not in form.fields or not form.fields[question].required:
                yield _drawn(walks, f"“{element.name}” does not ask “{question}”", element.key)


@check("asks_one")
def _asks_one(invariant: Invariant, walks: Walks) -> Iterator[Breach]:
    """Each of these tasks asks one of the questions by which the record keepers know."""
    published, wanted = walks.graph.published, set(invariant.told["asks"])
    for element in published.definition.elements.values():
        form = published.forms.get(element.form or "")
        if invariant.touches(element.properties) and (form is None or wanted.isdisjoint(form.fields)):
            yield _drawn(walks, f"“{element.name}” does not ask who the second person was", element.key)


@check("decides")
def _decides(invariant: Invariant, walks: Walks) -> Iterator[Breach]:
    """Ask the decision itself, over every value that its other facts can have."""
    published, decision = walks.graph.published, invariant.told["decision"]
    for facts in _facts_of(invariant, published.models[decision].definitions):
        answer = published.models[decision].decide(decision, facts).value
        if answer not in invariant.told["answers"]:
            told = ", ".join(f"{name}: {value}" for name, value in facts.items())
            yield _drawn(walks, f"“{decision}” answers {answer} for {told}", decision)


def _facts_of(invariant: Invariant, definitions: Definitions) -> Iterator[dict[str, object]]:
    """The facts named by the invariant with every value of each other; of a list each one and each pair."""
    inputs = [node for node in definitions.nodes.values() if isinstance(node, InputData)]
    domains = {node.name: _domain(node.variable.type_ref, definitions) for node in inputs}
    for name, values in invariant.told["given"].items():
        domains[name] = list(values)
    for name, wanted in invariant.told["any_of"].items():
        domains[name] = [list(dict.fromkeys(pair)) for pair in product(wanted, domains[name] or wanted)]
    for chosen in product(*domains.values()):
        yield dict(zip(domains, chosen, strict=True))


def _domain(type_ref: str | None, definitions: Definitions) -> list[object]:
    """The values its type allows; of a list those of its items."""
    kind = definitions.types.get(type_ref or "")
    if kind is None:
        return [None]
    allowed = kind.allowed.text if kind.allowed else None
    return list(re.findall(r'"([^"]*)"', allowed)) if allowed else _domain(kind.type_ref, definitions)


@check("elsewhere")
def _elsewhere(_invariant: Invariant, _walks: Walks) -> Iterator[Breach]:
    return iter(())
