"""A parsed form: immutable, shared by every page and request that asks its questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from rj_engine.feel import Expression

BLANK: frozenset[object] = frozenset({None, ""})
"""What counts as no answer, for any question but a checkbox."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that may be chosen."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """When a question is left out: true hides it; anything else, an error included, asks it."""

    text: str
    expression: Expression

    def hides(self, context: Mapping[str, object]) -> bool:
        """Whether these answers make the question moot."""
        return self.expression.evaluate(context) is True


@dataclass(frozen=True, slots=True)
class Limits:
    """How long, how large, of what shape an answer may be; lengths in characters."""

    min_length: int | None = None
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    decimals: int | None = None
    pattern: str | None = None
    pattern_message: str = ""


@dataclass(frozen=True, eq=False)
class Field:
    """One question."""

    key: str
    type: str
    """textfield, textarea, number, checkbox, radio, select, checklist, date or time."""
    label: str
    hint: str = ""
    required: bool = False
    limits: Limits = field(default_factory=Limits)
    options: tuple[Option, ...] = ()
    conditions: tuple[Condition, ...] = ()
    """Its own and those of every group around it."""
    kind: str = ""
    """What the answer is about, finer than its type: staff, person_name, phone, email, date_past …"""
    default: object = None
    properties: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def chooses(self) -> bool:
        """Whether one of the options is the answer."""
        return self.type in {"radio", "select"}

    @property
    def empty(self) -> object:
        """The answer as FEEL sees it while nothing is given."""
        return {"checkbox": False, "checklist": []}.get(self.type)


@dataclass(frozen=True, slots=True)
class Words:
    """Guidance between the questions, in Markdown."""

    text: str
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, eq=False)
class Group:
    """Questions that belong together under one heading."""

    label: str
    parts: tuple[Part, ...]
    conditions: tuple[Condition, ...] = ()


Part = Field | Words | Group


@dataclass(frozen=True, eq=False)
class Form:
    """The questions of one task in their order; two forms are the same only if they are one object."""

    id: str
    title: str
    parts: tuple[Part, ...]
    document: Mapping[str, object]
    """The form-js JSON it was read from."""
    checksum: str
    ordered: tuple[str, ...] = ()
    """Keys such that each question comes after those its visibility depends on."""

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """Every question by its key, in the order they are asked."""
        return MappingProxyType({each.key: each for each in questions(self.parts)})


def questions(parts: tuple[Part, ...]) -> Iterator[Field]:
    """The questions among parts of a form, groups opened."""
    for part in parts:
        if isinstance(part, Field):
            yield part
        elif isinstance(part, Group):
            yield from questions(part.parts)
