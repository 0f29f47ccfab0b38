"""What is known of operators, conditions, ranges and loops."""

from __future__ import annotations

from decimal import Decimal

from rj_engine.feel.checking.conditions import settled
from rj_engine.feel.checking.guess import ANYTHING, TRUTH, WRONG, Guess, common
from rj_engine.feel.checking.rules import ARITHMETIC, NEGATIVE, ORDERED
from rj_engine.feel.checking.walk import Names, Walk, guesses
from rj_engine.feel.compiler.tests import mentions_input
from rj_engine.feel.syntax import tree
from rj_engine.feel.values.types import ANY, BOOLEAN, NULL, Type, is_complete, list_of

_WORDS = {"+": "added", "-": "subtracted", "*": "multiplied", "/": "divided", "**": "raised to a power"}


@guesses(tree.Negation)
def _negation(node: tree.Negation, names: Names, walk: Walk) -> Guess:
    operand = walk.guess(node.operand, names)
    if operand.is_known and operand.kind.name not in NEGATIVE:
        walk.wrong(node, f"A {operand.kind} has no negative.", [operand])
        return WRONG
    return walk.folded(node, [node.operand], [operand], operand.kind)


@guesses(tree.Chain)
def _chain(node: tree.Chain, names: Names, walk: Walk) -> Guess:
    operands = walk.guesses(node.operands, names)
    if node.operators[0] == "**" and _is_negative(node.operands[0]):
        walk.note(node, "surprising_order", "The minus comes before the power: -4 ** 2 is 16, not -16.", "warning")
    found = operands[0]
    for sign, operand in zip(node.operators, operands[1:], strict=True):
        found = _calculated(node, sign, found, operand, walk)
    if found.faulty:
        return found
    return walk.folded(node, node.operands, operands, found.kind)


def _is_negative(node: tree.Node) -> bool:
    literal = isinstance(node, tree.Literal) and isinstance(node.value, Decimal) and node.value < 0
    return literal or isinstance(node, tree.Negation)


def _calculated(node: tree.Chain, sign: str, left: Guess, right: Guess, walk: Walk) -> Guess:
    if left.faulty or right.faulty:
        return WRONG
    if left.is_null or right.is_null:
        walk.note(node, "always_null", f"Null cannot be {_WORDS[sign]}.")
        return WRONG
    if not left.is_known or not right.is_known:
        return ANYTHING
    kind = ARITHMETIC.get((sign, left.kind.name, right.kind.name))
    if kind is None:
        walk.note(node, "wrong_type", f"A {left.kind} and a {right.kind} cannot be {_WORDS[sign]}.")
        return WRONG
    return Guess(kind)


@guesses(tree.Comparison)
def _comparison(node: tree.Comparison, names: Names, walk: Walk) -> Guess:
    sides = walk.guesses([node.left, node.right], names)
    if not _comparable(node, sides[0], sides[1], walk, ordered=node.operator not in {"=", "!="}):
        return TRUTH._replace(faulty=True)
    return walk.folded(node, [node.left, node.right], sides, BOOLEAN)


def _comparable(node: tree.Node, left: Guess, right: Guess, walk: Walk, *, ordered: bool) -> bool:
    """Note two values that can never be compared; the comparison is then always null."""
    if left.faulty or right.faulty:
        return True
    if ordered and (left.is_null or right.is_null):
        walk.note(node, "always_null", "Null comes neither before nor after anything.")
        return False
    known = [guess.kind.name for guess in (left, right) if guess.is_known]
    if len(set(known)) > 1 or (ordered and any(name not in ORDERED for name in known)):
        kinds = " and a ".join(str(guess.kind) for guess in (left, right) if guess.is_known)
        walk.note(node, "wrong_type", f"A {kinds} cannot be compared.")
        return False
    return True


@guesses(tree.Between)
def _between(node: tree.Between, names: Names, walk: Walk) -> Guess:
    parts = [node.value, node.low, node.high]
    value, low, high = found = walk.guesses(parts, names)
    if not all(_comparable(node, value, end, walk, ordered=True) for end in (low, high)):
        return TRUTH._replace(faulty=True)
    return walk.folded(node, parts, found, BOOLEAN)


@guesses(tree.Junction)
def _junction(node: tree.Junction, names: Names, walk: Walk) -> Guess:
    found = [walk.condition(operand, names, f"What {node.word} joins") for operand in node.operands]
    decides = node.word == "or"
    answer = decides if any(guess.constant and guess.value is decides for guess in found) else settled(node)
    if answer is not None and not all(guess.constant for guess in found):
        walk.always(node, answer)
        return TRUTH
    return walk.folded(node, node.operands, found, BOOLEAN)


@guesses(tree.InstanceOf)
def _instance_of(node: tree.InstanceOf, names: Names, walk: Walk) -> Guess:
    value = walk.guess(node.value, names)
    if not is_complete(node.type):
        walk.note(node, "unknown_type", f"{str(node.type).lstrip('?')} is not a whole type.")
        return TRUTH._replace(faulty=True)
    if value.is_known and not value.constant and node.type.name not in {value.kind.name, "Any"}:
        walk.always(node, value=False)
        return TRUTH
    return walk.folded(node, [node.value], [value], BOOLEAN)


@guesses(tree.Interval)
def _interval(node: tree.Interval, names: Names, walk: Walk) -> Guess:
    ends = walk.guesses([node.low, node.high], names)
    if not _comparable(node, ends[0], ends[1], walk, ordered=True):
        return WRONG
    kind = Type("range", common(ends))
    return walk.folded(node, [node.low, node.high], ends, kind)._replace(kind=kind)


@guesses(tree.Endpoint)
def _endpoint(node: tree.Endpoint, names: Names, walk: Walk) -> Guess:
    end = walk.guess(node.end, names)
    return Guess(Type("range", end.kind), faulty=end.faulty)


@guesses(tree.In)
def _in(node: tree.In, names: Names, walk: Walk) -> Guess:
    value = walk.guess(node.value, names)
    inner = Names({"?": value.kind}, names)
    tests = [tried(test, value, inner, walk) for test in node.tests]
    return walk.folded(node, [node.value, *node.tests], [value, *tests], BOOLEAN)


def tried(node: tree.Node, value: Guess, names: Names, walk: Walk) -> Guess:
    """Check one unary test on a value of which the type may be known."""
    if isinstance(node, tree.Endpoint):
        end = walk.guess(node.end, names)
        fits = _comparable(node, value, end, walk, ordered=node.operator not in {"=", "!="})
        return end if fits else WRONG
    guess = walk.guess(node, names)
    kind = guess.kind.item if guess.kind.name in {"list", "range"} else guess.kind
    wanted = Guess(kind or ANY)
    direct = isinstance(node, tree.Literal | tree.Interval | tree.ListOf)
    if not direct or not wanted.is_known or not value.is_known or value.kind.name in {wanted.kind.name, "list"}:
        return guess
    walk.wrong(node, f"A {value.kind} is never a {wanted.kind}.", [guess, value])
    return WRONG


@guesses(tree.If)
def _if(node: tree.If, names: Names, walk: Walk) -> Guess:
    condition = walk.condition(node.condition, names, "What follows if")
    ways = walk.guesses([node.yes, node.no], names)
    return walk.folded(node, [node.condition, node.yes, node.no], [condition, *ways], common(ways))


@guesses(tree.For)
def _for(node: tree.For, names: Names, walk: Walk) -> Guess:
    inner = _domains(node.domains, names, walk, {"partial": list_of(ANY)})
    body = walk.guess(node.body, inner)
    walk.settle([node.body], [body])
    return Guess(list_of(body.kind if body.is_known else ANY), faulty=body.faulty)


@guesses(tree.Quantified)
def _quantified(node: tree.Quantified, names: Names, walk: Walk) -> Guess:
    inner = _domains(node.domains, names, walk, {})
    body = walk.condition(node.body, inner, "What follows satisfies")
    walk.settle([node.body], [body])
    return TRUTH._replace(faulty=body.faulty)


def _domains(domains: list[tree.Domain], names: Names, walk: Walk, own: dict[str, Type]) -> Names:
    inner = Names(own, names)
    for domain in domains:
        first = walk.guess(domain.first, inner)
        kind = first.kind
        if domain.last is not None:
            walk.guess(domain.last, inner)
        elif kind.name in {"list", "range"}:
            kind = kind.item or ANY
        own[domain.name] = ANY if kind == NULL else kind
    return inner


def check_tests(node: tree.Tests, names: Names, kind: Type, walk: Walk) -> None:
    """Check the unary tests of a decision table cell."""
    inner = Names({"?": kind}, names)
    for test in node.tests:
        guess = tried(test, Guess(kind), inner, walk)
        if mentions_input(test):
            walk.settle([test], [guess])
