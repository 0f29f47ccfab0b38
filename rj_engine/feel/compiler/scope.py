"""Which names an expression sees: when it is compiled, and while it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rj_engine.feel.limits import Run
from rj_engine.feel.refusal import Place
from rj_engine.feel.syntax.tree import Node


class Env:
    """The names around a piece of expression while it runs."""

    __slots__ = ("given", "outer", "run", "values")

    def __init__(self, values: dict[str, object], outer: Env | None, given: Mapping[str, object], run: Run) -> None:
        self.values = values
        self.outer = outer
        self.given = given
        self.run = run


Code = Callable[[Env], object]


@dataclass(slots=True)
class Scope:
    """The names around a piece of expression while it is compiled; mirrors `Env` one to one."""

    names: set[str]
    outer: Scope | None = None
    of_item: bool = False
    """A filter's scope, where the entries of the item are names too."""


@dataclass(slots=True)
class Compilation:
    """One text being compiled: where it is, and which names it has been found to read."""

    text: str
    free: set[str] = field(default_factory=set)

    def place(self, node: Node) -> Place:
        """Return where a node stands."""
        return Place(self.text, node.at)
