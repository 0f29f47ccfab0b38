"""Filters, `for`, `some` and `every`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from rj_engine.feel.compiler.dispatch import code_of, compiles
from rj_engine.feel.compiler.operators import not_boolean
from rj_engine.feel.compiler.scope import Code, Compilation, Env, Scope
from rj_engine.feel.limits import Run, fits_list
from rj_engine.feel.refusal import Fault
from rj_engine.feel.syntax import tree
from rj_engine.feel.values.conformity import kind_name
from rj_engine.feel.values.dates import FarDate, date_of, day_number
from rj_engine.feel.values.numbers import whole
from rj_engine.feel.values.ranges import Range

_DAY, _TURN, _ENTRY = 12, 4, 8
"""What a date, a turn and the start of a loop cost of the budget, beside the work inside."""


@compiles(tree.Filter)
def _filter(node: tree.Filter, scope: Scope, work: Compilation) -> Code:
    subject = code_of(node.subject, scope, work)
    condition = code_of(node.condition, Scope({"item"}, scope, of_item=True), work)
    weight, place = tree.measure(node.condition)[1] + 2, work.place(node)

    def filter_(env: Env) -> object:
        found = subject(env)
        if found is None:
            env.run.warn("null_operand", "Null cannot be filtered.", place)
            return None
        items = found if isinstance(found, list) else [found]
        inside = Env({"item": items[0] if items else None}, env, env.given, env.run)
        first = condition(inside)
        if isinstance(first, Decimal):
            return _at(items, first)
        return _kept(items, first, inside)

    def _kept(items: list[object], first: object, inside: Env) -> list[object]:
        if not items:
            return []
        not_boolean(first, inside.run, place)
        inside.run.spend(weight * len(items))
        kept = [items[0]] if first is True else []
        values = inside.values
        for item in items[1:]:
            values["item"] = item
            if condition(inside) is True:
                kept.append(item)
        return kept

    return filter_


def _at(items: list[object], position: Decimal) -> object:
    place = whole(position, "position") if position.adjusted() < 10 else 0  # noqa: PLR2004 - no list is longer
    if 1 <= place <= len(items):
        return items[place - 1]
    return items[place] if -len(items) <= place < 0 else None


def _each(found: object, run: Run) -> Iterable[object]:
    """Return what a loop goes through: a list, a closed range, or a value as a list of one."""
    if found is None:
        raise Fault("Null cannot be gone through.", "null_operand")
    if isinstance(found, Range):
        low, high = found.start, found.end
        if low is None or high is None:
            raise Fault("This range cannot be gone through.", "bad_range")
        skip_first, skip_last = not found.start_included, not found.end_included
        return (
            item
            for item in _steps(low, high, run)
            if not ((skip_first and item == low) or (skip_last and item == high))
        )
    return found if isinstance(found, list) else [found]


def _steps(first: object, last: object, run: Run) -> Iterator[object]:
    """Yield whole numbers or days from first to last, upwards or downwards."""
    if isinstance(first, Decimal) and isinstance(last, Decimal):
        if first != first.to_integral_value() or last != last.to_integral_value():
            raise Fault("A loop goes from one whole number to another.", "bad_range")
        low, high = whole(first, "start"), whole(last, "end")
        step = 1 if low <= high else -1
        return (Decimal(number) for number in range(low, high + step, step))
    if isinstance(first, date | FarDate) and isinstance(last, date | FarDate):
        low, high = day_number(first), day_number(last)
        step = 1 if low <= high else -1
        return (_day(number, run) for number in range(low, high + step, step))
    raise Fault(f"A loop cannot go from a {kind_name(first)} to a {kind_name(last)}.", "bad_range")


def _day(number: int, run: Run) -> object:
    run.spend(_DAY)
    return date_of(number)


class _Loops:
    """The domains of one `for`, `some` or `every`, each of which sees the names of those before it."""

    def __init__(self, domains: list[tree.Domain], scope: Scope, work: Compilation, more: set[str]) -> None:
        self.inner = Scope(set(more), scope)
        self.parts: list[tuple[str, Code, Code | None]] = []
        for domain in domains:
            first = code_of(domain.first, self.inner, work)
            last = code_of(domain.last, self.inner, work) if domain.last else None
            self.parts.append((domain.name, first, last))
            self.inner.names.add(domain.name)

    def run_through(self, env: Env, values: dict[str, object], weight: int, depth: int = 0) -> Iterator[Env]:
        """Set the names to each combination in turn and yield the names around the body."""
        inside = Env(values, env, env.given, env.run)
        name, first, last = self.parts[depth]
        found = first(inside)
        items = _steps(found, last(inside), env.run) if last else _each(found, env.run)
        spend = env.run.spend
        spend(_ENTRY)
        for item in items:
            spend(weight)
            values[name] = item
            if depth + 1 < len(self.parts):
                yield from self.run_through(env, values, weight, depth + 1)
            else:
                yield inside


@compiles(tree.For)
def _for(node: tree.For, scope: Scope, work: Compilation) -> Code:
    loops = _Loops(node.domains, scope, work, {"partial"})
    body = code_of(node.body, loops.inner, work)
    weight, place = tree.measure(node.body)[1] + _TURN, work.place(node)
    keeps_partial = _mentions_partial(node.body)

    def for_(env: Env) -> list[object] | None:
        results: list[object] = []
        values: dict[str, object] = {"partial": results}
        try:
            for inside in loops.run_through(env, values, weight):
                if keeps_partial:
                    env.run.spend(len(results) // 8)
                    values["partial"] = list(results)
                results.append(body(_own(inside, values)))
                fits_list(len(results))
        except Fault as fault:
            env.run.warn(fault.code, fault.message, place)
            return None
        return results

    return for_


def _own(inside: Env, values: dict[str, object]) -> Env:
    """Each turn has its own names, because a function made in it may be called later."""
    return Env(dict(values), inside.outer, inside.given, inside.run)


def _mentions_partial(node: tree.Node) -> bool:
    waiting = [node]
    while waiting:
        found = waiting.pop()
        if isinstance(found, tree.Name) and found.name == "partial":
            return True
        waiting.extend(tree.children(found))
    return False


@compiles(tree.Quantified)
def _quantified(node: tree.Quantified, scope: Scope, work: Compilation) -> Code:
    decides = node.word == "some"
    loops = _Loops(node.domains, scope, work, set())
    body = code_of(node.body, loops.inner, work)
    weight, place = tree.measure(node.body)[1] + _TURN, work.place(node)

    def quantified(env: Env) -> bool | None:
        result: bool | None = not decides
        values: dict[str, object] = {}
        try:
            for inside in loops.run_through(env, values, weight):
                found = body(_own(inside, values))
                if found is decides:
                    return decides
                if found is not (not decides):
                    not_boolean(found, env.run, place)
                    result = None
        except Fault as fault:
            env.run.warn(fault.code, fault.message, place)
            return None
        return result

    return quantified
