"""Conditions on one name that can never, or must always, hold: `level > 5 and level < 3`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from rj_engine.feel.limits import Run
from rj_engine.feel.syntax import tree
from rj_engine.feel.values.comparing import equal, order
from rj_engine.feel.values.numbers import TWO

_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_HOLDS = {"<": {-1}, "<=": {-1, 0}, ">": {1}, ">=": {0, 1}, "=": {0}, "!=": {-1, 1}}
Part = tuple[str, str, object]


def settled(node: tree.Junction) -> bool | None:
    """Return what a junction always is, whatever the names in it hold, or None."""
    parts = [part for operand in node.operands if (part := _part(operand)) is not None]
    for name in {name for name, _, _ in parts}:
        about = [(sign, value) for found, sign, value in parts if found == name]
        outcomes = [[_holds(sample, sign, value) for sign, value in about] for sample in _samples(about)]
        if node.word == "and" and outcomes and not any(all(each) for each in outcomes):
            return False
        if node.word == "or" and len(about) > 1 and all(any(each) for each in outcomes):
            return True
    return None


def _part(node: tree.Node) -> Part | None:
    """Read a comparison of a name with a number or string."""
    if not isinstance(node, tree.Comparison):
        return None
    for subject, constant, sign in (
        (node.left, node.right, node.operator),
        (node.right, node.left, _TURNED[node.operator]),
    ):
        name = _spelt(subject)
        if name and isinstance(constant, tree.Literal) and isinstance(constant.value, Decimal | str):
            return name, sign, constant.value
    return None


def _spelt(node: tree.Node) -> str:
    if isinstance(node, tree.Name):
        return node.name
    if isinstance(node, tree.Path):
        subject = _spelt(node.subject)
        return subject and f"{subject}.{node.member}"
    return ""


def _samples(about: list[tuple[str, object]]) -> Iterator[object]:
    """Yield one value of each stretch that the constants cut out."""
    numbers = sorted({value for _, value in about if isinstance(value, Decimal)})
    texts = sorted({value for _, value in about if isinstance(value, str)})
    yield from numbers
    yield from ((low + high) / TWO for low, high in pairwise(numbers))
    if numbers:
        yield from (numbers[0] - 1, numbers[-1] + 1)
    yield from texts
    yield from (text + "\0" for text in texts)
    if texts and texts[0]:
        yield ""


def _holds(sample: object, sign: str, value: object) -> bool:
    found = order(sample, value)
    if found is None:
        return sign == "!=" and equal(sample, value, Run()) is False
    return found in _HOLDS[sign]
