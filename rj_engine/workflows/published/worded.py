"""Facts and what they hold, in the words of whoever draws a pathway."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from rj_engine import feel

MOST_SHOWN: Final = 8
KINDS: Final = {
    "string": "text", "number": "a number", "boolean": "ticked or not", "list": "a list", "date": "a date",
}  # fmt: skip


def shown(value: object) -> str:
    """A value as an author knows it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return str(int(value)) if value == value.to_integral_value() else str(value)
    return f"“{value}”"


def listed(values: Iterable[object], last: str = "or") -> str:
    """Values in a row, the first few where they are many."""
    words = sorted(shown(one) for one in values)
    if len(words) > MOST_SHOWN:
        return f"{', '.join(words[:MOST_SHOWN])} … ({len(words)} in all)"
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else "nothing"


def kind_of(possible: feel.Possible) -> str:
    """The type of a fact."""
    return KINDS.get(possible.kind.name, possible.kind.name)


def fact_is(name: str, possible: feel.Possible) -> str:
    """What a fact can be, as a sentence."""
    if possible.values:
        what = (
            f"hold {listed(possible.values, 'and')}"
            if possible.kind.name == "list"
            else f"be {listed(possible.values)}"
        )
        return f"“{name}” can {what}."
    if possible.values is not None:
        return f"“{name}” is not told before."
    ends = [
        f"{word} {shown(end)}" for word, end in (("from", possible.least), ("to", possible.most)) if end is not None
    ]
    return f"“{name}” is {' '.join([kind_of(possible), *ends])}." if possible.kind.name != "Any" else ""


def facts_are(facts: Mapping[str, object]) -> str:
    """What some facts hold, in one row of words."""
    return " and ".join(f"“{name}” {_is(value)}" for name, value in facts.items())


def _is(value: object) -> str:
    if value is None:
        return "is not answered"
    if isinstance(value, list):
        return f"holds {listed(value, 'and')}" if value else "is empty"
    return f"is {shown(value)}"
