"""What a task with an effect on people needs on record while it stands open, by the words of the list of invariants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from rj_engine.risk.requirements import REQUIREMENTS
from rj_engine.workflows.engine.step import OpenTask
from rj_engine.workflows.proof import lenses
from rj_engine.workflows.proof.facts import PARTIES, Facts
from rj_engine.workflows.proof.lenses import Lens
from rj_engine.workflows.published.versions import Published

DELIVERY: Final = "deliver_"
TOP_LEVEL: Final = 3
Need = Callable[["About", list[str]], str | None]
Reads = Callable[[list[str]], Lens]
_NEEDS: dict[str, tuple[Need, Reads]] = {}


@dataclass(frozen=True, slots=True)
class About:
    """One open task and what is on record while it is."""

    published: Published
    facts: Facts
    task: OpenTask

    @property
    def effect(self) -> str:
        """Its effect."""
        return self.task.properties.get("effect", "")


def missing(about: About, need: str) -> str | None:
    """Plain words for what is not there; None when the need is met."""
    word, *rest = need.split()
    return _NEEDS[word][0](about, rest)


def read_by(need: str) -> Lens:
    """The facts that a need reads."""
    word, *rest = need.split()
    return _NEEDS[word][1](rest)


def words_known() -> frozenset[str]:
    """The first words of all needs there are."""
    return frozenset(_NEEDS)


def _need(word: str, reads: Reads | Lens) -> Callable[[Need], Need]:
    lens = (lambda _rest: reads) if isinstance(reads, Lens) else reads

    def register(check: Need) -> Need:
        _NEEDS[word] = check, lens
        return check

    return register


def _scopes(about: About, party: str, scope: str) -> list[tuple[str, str]]:
    of_mode = f"participate_{about.effect.removeprefix(DELIVERY)}" if scope == "participate" else scope
    return [(one, of_mode) for one in (PARTIES if party == "both" else (party,))]


@_need("consent", lambda rest: lenses.consents(*rest))
def _consent(about: About, rest: list[str]) -> str | None:
    absent = [one for one in _scopes(about, rest[0], rest[1]) if one not in about.facts.consents]
    return f"without the {absent[0][0]}'s consent to {absent[0][1].replace('_', ' ')}" if absent else None


@_need("again", lambda rest: lenses.again(*rest))
def _again(about: About, rest: list[str]) -> str | None:
    absent = [one for one in _scopes(about, rest[0], rest[1]) if one not in about.facts.again]
    return f"though the {absent[0][0]} has not been asked again" if absent else None


@_need("signed", lenses.SIGNED)
def _signed(about: About, _rest: list[str]) -> str | None:
    made = about.facts.assessed
    if made is None:
        return "while the risk has not been assessed"
    return None if made.signed else "while the assessment is unsigned"


@_need("signed_by_another", lenses.SIGNER)
def _signed_by_another(about: About, _rest: list[str]) -> str | None:
    made = about.facts.assessed
    return "though the assessor may have signed it" if made and made.signed and not made.by_another else None


@_need("level", lenses.LEVEL)
def _level(about: About, _rest: list[str]) -> str | None:
    needs = REQUIREMENTS.get(about.effect)
    return _level_at_most(about, [str(needs.highest if needs else TOP_LEVEL)])


@_need("level_at_most", lenses.LEVEL)
def _level_at_most(about: About, rest: list[str]) -> str | None:
    made = about.facts.assessed
    return f"at risk level {made.level}" if made and made.level > int(rest[0]) else None


@_need("floor", lenses.FLOOR)
def _floor(about: About, _rest: list[str]) -> str | None:
    made = about.facts.assessed
    low = made is not None and made.signed and made.level < made.lowest
    return f"signed at level {made.level}, under the lowest allowed of {made.lowest}" if low and made else None


@_need("day_check", lenses.DAY)
def _day_check(about: About, _rest: list[str]) -> str | None:
    return None if about.facts.day_checked else "without a check made for the day"


@_need("unchanged", lenses.CHANGED)
def _unchanged(about: About, _rest: list[str]) -> str | None:
    return "though the facts have changed since the assessment" if about.facts.changed else None


@_need("answer", lambda rest: lenses.answers(rest[0]))
def _answer(about: About, rest: list[str]) -> str | None:
    party = about.task.properties.get("party", "")
    question, wanted = (word.replace("@party", party) for word in rest)
    given = dict(about.facts.noted).get(question)
    return None if given == wanted else f"though “{question}” is {given or 'not answered'}, not {wanted}"


@_need("answer_in", lambda rest: lenses.answers(rest[0]))
def _answer_in(about: About, rest: list[str]) -> str | None:
    question, wanted = rest
    given = dict(about.facts.noted).get(question)
    return None if given in wanted.split("|") else f"though “{question}” is {given or 'not answered'}"


@_need("answer_in_if", lambda rest: lenses.answers(rest[0], rest[2]))
def _answer_in_if(about: About, rest: list[str]) -> str | None:
    question, value, *then = rest
    return _answer_in(about, then) if dict(about.facts.noted).get(question) == value else None


@_need("answer_if", lambda rest: lenses.answers(rest[0], rest[2]))
def _answer_if(about: About, rest: list[str]) -> str | None:
    question, value, *then = rest
    return _answer(about, then) if dict(about.facts.noted).get(question) == value else None


@_need("read_by_two", lenses.NOTHING)
def _read_by_two(about: About, rest: list[str]) -> str | None:
    first, second = (_asked_at(about.published, question) for question in rest)
    shares = any(
        other.rpartition("/")[2] in checks.split() and other.rpartition("/")[0] == place.rpartition("/")[0]
        for place, checks in second.items()
        for other in first
    )
    return None if shares else "though one person may have read it twice"


def _asked_at(published: Published, question: str) -> Mapping[str, str]:
    """The elements that ask a question, and whose work each of them checks."""
    elements = published.definition.elements.values()
    return {
        element.key: element.properties.get("two_person", "")
        for element in elements
        if element.form and question in published.forms[element.form].fields
    }


def held_back(about: About) -> bool:
    """Whether the gate would hold the task back at run time: what it asks for is not on record."""
    needs = REQUIREMENTS.get(about.effect)
    if needs is None:
        return False
    wanted = [f"consent {party} {scope}" for party, scope in needs.consents]
    wanted += ["signed", "signed_by_another"] if needs.gate and needs.signed else []
    return any(missing(about, need) for need in [*wanted, *(["level"] if needs.gate else [])])
