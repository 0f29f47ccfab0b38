"""What a name can hold when its conditions are read: a type, and the values where they are listed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from rj_engine.feel.checking.guess import of_value
from rj_engine.feel.values.types import ANY, NULL, Type


@dataclass(frozen=True, slots=True)
class Possible:
    """The values that one name may hold."""

    kind: Type = ANY
    values: frozenset[object] | None = None
    """All there are beside null; of a list, all its items. None where they are not listed."""
    least: Decimal | None = None
    most: Decimal | None = None
    """Of a number that is not listed."""
    nullable: bool = True
    """Whether it may be null."""

    def with_null(self) -> Possible:
        """The same, or nothing."""
        return Possible(self.kind, self.values, self.least, self.most)


UNKNOWN = Possible()


def either(several: Iterable[Possible]) -> Possible:
    """What holds one of several; of none at all anything."""
    found = list(several)
    if not found:
        return UNKNOWN
    kinds = {one.kind for one in found if one.kind != NULL} or {NULL}
    listed = [one.values for one in found if one.values is not None]
    least, most = [one.least for one in found], [one.most for one in found]
    return Possible(
        kind=kinds.pop() if len(kinds) == 1 else ANY,
        values=frozenset().union(*listed) if len(listed) == len(found) else None,
        least=None if None in least else min(one for one in least if one is not None),
        most=None if None in most else max(one for one in most if one is not None),
        nullable=any(one.nullable for one in found),
    )


def constant(value: object) -> Possible:
    """What always holds one value."""
    if value is None:
        return Possible(NULL, frozenset())
    if not isinstance(value, str | bool | Decimal):
        return Possible(nullable=False)
    return Possible(of_value(value).kind, frozenset({value}), nullable=False)
