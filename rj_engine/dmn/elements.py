"""What a DMN file says, as plain values: no logic yet, every part with its place in the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypedDict

from rj_engine.errors import Finding


class Place(TypedDict):
    """Where something stands in the file, and the type its author gave it."""

    element: str | None
    line: int | None
    type_ref: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Boxed:
    """Any expression, with the place and the type its author gave it."""

    element: str | None = None
    line: int | None = None
    type_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Variable:
    """A name with a type."""

    name: str
    type_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal(Boxed):
    """FEEL text."""

    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a context; the line without a name is its result."""

    variable: Variable | None
    value: Boxed


@dataclass(frozen=True, slots=True, kw_only=True)
class Context(Boxed):
    """Named lines, each of which may use those above it."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxedList(Boxed):
    """A list with one expression an item."""

    items: tuple[Boxed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation(Boxed):
    """A list of contexts written as a grid."""

    columns: tuple[Variable, ...]
    rows: tuple[tuple[Boxed, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionDefinition(Boxed):
    """A function with its parameters; `kind` other than FEEL is never run."""

    parameters: tuple[Variable, ...]
    body: Boxed
    kind: str = "FEEL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation(Boxed):
    """A call by parameter name."""

    callee: Boxed
    bindings: tuple[tuple[str, Boxed], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditional(Boxed):
    """If, then, else."""

    condition: Boxed
    then: Boxed
    otherwise: Boxed


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter(Boxed):
    """The items of a list that pass a test."""

    source: Boxed
    match: Boxed


@dataclass(frozen=True, slots=True, kw_only=True)
class Iteration(Boxed):
    """`for`, `some` or `every`."""

    kind: str
    variable: str
    variable_type: str | None
    source: Boxed
    body: Boxed


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A column that asks."""

    element: str | None
    label: str | None
    expression: Literal
    values: Literal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A column that answers."""

    element: str | None
    name: str | None
    label: str | None
    type_ref: str | None
    values: Literal | None
    default: Literal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A rule; `number` is the one the editor shows, from 1."""

    element: str | None
    line: int | None
    number: int
    tests: tuple[Literal, ...]
    answers: tuple[Literal, ...]
    notes: tuple[str, ...]
    description: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionTable(Boxed):
    """Inputs, outputs, rows, and what to do when several rows match."""

    hit_policy: str
    aggregation: str | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    notes: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDefinition:
    """A type its author named."""

    name: str
    type_ref: str | None
    is_collection: bool
    allowed: Literal | None
    constraint: Literal | None
    components: tuple[ItemDefinition, ...]
    function: tuple[tuple[Variable, ...], str | None] | None
    element: str | None
    line: int | None


class NodePlace(TypedDict):
    """What every node has."""

    element: str
    name: str
    variable: Variable
    line: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What requirements point at."""

    element: str
    name: str
    variable: Variable
    line: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InputData(Node):
    """A fact from outside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Node):
    """A question with the logic that answers it."""

    logic: Boxed | None
    requires: tuple[str, ...]
    question: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeModel(Node):
    """Logic to be called by name."""

    logic: FunctionDefinition | None
    requires: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Node):
    """Decisions that answer together, called with their inputs."""

    outputs: tuple[str, ...]
    input_decisions: tuple[str, ...]
    input_data: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Import:
    """Another model, under a name of its own here; an empty name mixes it in."""

    name: str
    namespace: str


@dataclass(slots=True)
class Definitions:
    """One file."""

    name: str
    namespace: str
    version: str
    types: dict[str, ItemDefinition] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    """By id."""
    imports: list[Import] = field(default_factory=list)
    prefixes: dict[str, str] = field(default_factory=dict)
    """XML prefix to namespace, for types written the old way (`feel:number`)."""
    findings: list[Finding] = field(default_factory=list)
