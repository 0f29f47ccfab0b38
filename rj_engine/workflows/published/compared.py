"""What a condition compares a fact with and that the fact can never be: another type, or no value of its list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from rj_engine import feel
from rj_engine.errors import Finding
from rj_engine.feel.values.types import ANY, NULL
from rj_engine.workflows.published.worded import fact_is, kind_of, shown

Facts = Mapping[str, feel.Possible]


def findings(text: str, possible: Facts, ever: Facts, element: str) -> Iterator[Finding]:
    """One for each; what is no FEEL at all, or wrong whatever the facts are, the diagram's own check tells.

    `possible` is what the facts can be here, `ever` anywhere: a value that is told elsewhere alone is no slip.
    """
    told = [_told(one, ever[one.name], element) for one in feel.unlisted(text, _here_or(possible, ever))]
    yield from told
    if told:
        return
    known = {name: ANY if one.kind == NULL else one.kind for name, one in possible.items()}
    plain = feel.check_condition(text, possible.keys())
    for one in feel.check_condition(text, known):
        if one.code in {"wrong_type", "always_null", "not_a_condition"} and one not in plain:
            facts = " ".join(fact_is(name, held) for name, held in possible.items() if name in text)
            yield replace(one, element=element, message=f"{one.message} {facts}".strip())


def _here_or(possible: Facts, ever: Facts) -> dict[str, feel.Possible]:
    """What facts ever are, where that is known at all."""
    return {name: ever[name] for name in possible if name in ever}


def _told(one: feel.Unlisted, held: feel.Possible, element: str) -> Finding:
    if one.is_of_another_type:
        what = "text" if isinstance(one.value, str) else "no text"
        words = f"“{one.name}” is {kind_of(held)}, and {shown(one.value)} is {what}: the two are never equal."
        return Finding("wrong_type", words, element)
    near = f" Did you mean {shown(one.near)}?" if one.near is not None else ""
    words = f"“{one.name}” is never {shown(one.value)}.{near} {fact_is(one.name, held)}"
    return Finding("unlisted_value", words, element)
