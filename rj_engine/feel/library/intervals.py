"""How points and ranges lie to one another (DMN 1.5, 10.3.4.10)."""

from __future__ import annotations

from collections.abc import Callable

from rj_engine.feel.library.registry import built_in
from rj_engine.feel.refusal import Fault
from rj_engine.feel.values.comparing import order
from rj_engine.feel.values.conformity import kind_name
from rj_engine.feel.values.ranges import Range


def _compare(left: object, right: object) -> int:
    found = order(left, right)
    if found is None:
        raise Fault(f"Cannot compare a {kind_name(left)} and a {kind_name(right)}.", "not_comparable")
    return found


def _as_range(value: object) -> Range:
    if isinstance(value, Range):
        return value
    return Range(value, value, start_included=True, end_included=True)


def _starts(one: Range, other: Range) -> int:
    """Order two ranges by where they start; no start comes first, and an included one before an open one."""
    if one.start is None or other.start is None:
        return (other.start is None) - (one.start is None)
    return _compare(one.start, other.start) or other.start_included - one.start_included


def _ends(one: Range, other: Range) -> int:
    """Order two ranges by where they end; no end comes last, and an included one after an open one."""
    if one.end is None or other.end is None:
        return (one.end is None) - (other.end is None)
    return _compare(one.end, other.end) or one.end_included - other.end_included


def _before(one: Range, other: Range) -> bool:
    if one.end is None or other.start is None:
        return False
    gap = _compare(one.end, other.start)
    return gap < 0 or (gap == 0 and not (one.end_included and other.start_included))


def _meets(one: Range, other: Range) -> bool:
    if one.end is None or other.start is None:
        return False
    return one.end_included and other.start_included and _compare(one.end, other.start) == 0


def _overlaps(one: Range, other: Range) -> bool:
    return not _before(one, other) and not _before(other, one)


def _overlaps_before(one: Range, other: Range) -> bool:
    return _starts(one, other) < 0 and not _before(one, other) and _ends(one, other) <= 0


def _finishes(one: Range, other: Range) -> bool:
    return _ends(one, other) == 0 and _starts(one, other) >= 0


def _includes(one: Range, other: Range) -> bool:
    return _starts(one, other) <= 0 and _ends(one, other) >= 0


def _begins(one: Range, other: Range) -> bool:
    return _starts(one, other) == 0 and _ends(one, other) <= 0


def _coincides(one: Range, other: Range) -> bool:
    return _starts(one, other) == 0 and _ends(one, other) == 0


Relation = Callable[[Range, Range], bool]


def _turned(relation: Relation) -> Relation:
    return lambda one, other: relation(other, one)


_POINTS = ("point1: any", "point2: any")
_POINT_RANGE = ("point: any", "range: range")
_RANGE_POINT = ("range: range", "point: any")
_RANGES = ("range1: range", "range2: range")
_RELATIONS: tuple[tuple[str, Relation, tuple[tuple[str, str], ...]], ...] = (
    ("before", _before, (_RANGES, _POINT_RANGE, _RANGE_POINT, _POINTS)),
    ("after", _turned(_before), (_RANGES, _POINT_RANGE, _RANGE_POINT, _POINTS)),
    ("meets", _meets, (_RANGES,)),
    ("met by", _turned(_meets), (_RANGES,)),
    ("overlaps", _overlaps, (_RANGES,)),
    ("overlaps before", _overlaps_before, (_RANGES,)),
    ("overlaps after", _turned(_overlaps_before), (_RANGES,)),
    ("finishes", _finishes, (_RANGES, _POINT_RANGE)),
    ("finished by", _turned(_finishes), (_RANGES, _RANGE_POINT)),
    ("includes", _includes, (_RANGES, _RANGE_POINT)),
    ("during", _turned(_includes), (_RANGES, _POINT_RANGE)),
    ("starts", _begins, (_RANGES, _POINT_RANGE)),
    ("started by", _turned(_begins), (_RANGES, _RANGE_POINT)),
    ("coincides", _coincides, (_RANGES, _POINTS)),
)


def _relating(relation: Relation) -> Callable[[object, object], bool]:
    return lambda one, other: relation(_as_range(one), _as_range(other))


for _name, _relation, _forms in _RELATIONS:
    for _left, _right in _forms:
        built_in(f"{_name}({_left}, {_right}) -> boolean")(_relating(_relation))
