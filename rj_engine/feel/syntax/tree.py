"""What an expression says, as a tree; every node knows where it stands in the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from rj_engine.feel.values.types import Parameter, Type


@dataclass(slots=True)
class Node:
    """Part of an expression that has a value."""

    at: int


@dataclass(slots=True)
class Literal(Node):
    """A value written out: number, string, boolean, null, or a date, time or duration after `@`."""

    value: object
    fault: str = ""
    """Why what is written has no value."""


@dataclass(slots=True)
class Name(Node):
    """A name to look up."""

    name: str


@dataclass(slots=True)
class Path(Node):
    """`subject.member`."""

    subject: Node
    member: str


@dataclass(slots=True)
class Filter(Node):
    """`subject[condition]`."""

    subject: Node
    condition: Node


@dataclass(slots=True)
class Call(Node):
    """`function(arguments)`; `names` are the parameter names of a call that names them."""

    function: Node
    arguments: list[Node]
    names: list[str] | None


@dataclass(slots=True)
class Negation(Node):
    """`-operand`."""

    operand: Node


@dataclass(slots=True)
class Chain(Node):
    """Operators of one rank in a row, worked out from the left: `first + second - third`."""

    operators: list[str]
    operands: list[Node]


@dataclass(slots=True)
class Junction(Node):
    """`and` or `or` between two or more parts."""

    word: str
    operands: list[Node]


@dataclass(slots=True)
class Comparison(Node):
    """`left = right` and the other five."""

    operator: str
    left: Node
    right: Node


@dataclass(slots=True)
class Between(Node):
    """`value between low and high`."""

    value: Node
    low: Node
    high: Node


@dataclass(slots=True)
class In(Node):
    """`value in tests`."""

    value: Node
    tests: list[Node]


@dataclass(slots=True)
class InstanceOf(Node):
    """`value instance of type`."""

    value: Node
    type: Type


@dataclass(slots=True)
class Interval(Node):
    """`[low..high]` with either end open or closed."""

    low: Node
    high: Node
    low_included: bool
    high_included: bool


@dataclass(slots=True)
class Endpoint(Node):
    """`< end`, a range or test with one end, also `= end` and `!= end`."""

    operator: str
    end: Node


@dataclass(slots=True)
class If(Node):
    """`if condition then yes else no`."""

    condition: Node
    yes: Node
    no: Node


@dataclass(slots=True)
class Domain(Node):
    """`name in first` or `name in first..last`, one loop of a `for`, `some` or `every`."""

    name: str
    first: Node
    last: Node | None


@dataclass(slots=True)
class For(Node):
    """`for domains return body`."""

    domains: list[Domain]
    body: Node


@dataclass(slots=True)
class Quantified(Node):
    """`some` or `every` `domains satisfies body`."""

    word: str
    domains: list[Domain]
    body: Node


@dataclass(slots=True)
class ListOf(Node):
    """`[first, second]`."""

    items: list[Node]


@dataclass(slots=True)
class ContextOf(Node):
    """`{first: 1, second: first + 1}`."""

    keys: list[str]
    values: list[Node]


@dataclass(slots=True)
class Definition(Node):
    """`function(first: number, second) body`; an `external` body is refused when called."""

    parameters: list[Parameter]
    body: Node
    external: bool = False


@dataclass(slots=True)
class Tests(Node):
    """The unary tests of a decision table cell."""

    tests: list[Node]
    negated: bool
    anything: bool


def children(node: Node) -> Iterator[Node]:
    """Yield the nodes directly inside a node."""
    for field in fields(node):
        value = getattr(node, field.name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, list):
            yield from (item for item in value if isinstance(item, Node))


def measure(root: Node) -> tuple[int, int]:
    """Return the height of a tree and the number of its nodes, without recursion."""
    height = count = 0
    waiting = [(root, 1)]
    while waiting:
        node, level = waiting.pop()
        count += 1
        height = max(height, level)
        waiting.extend((child, level + 1) for child in children(node))
    return height, count
