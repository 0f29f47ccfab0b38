"""Which facts one question reads. A walk beside all facts at once would never end; beside those of one it is short.

Sound because no fact follows from one that a lens leaves out: each lens keeps, with a fact, whatever changes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from rj_engine.workflows.proof.facts import PARTIES, Assessed, Facts


@dataclass(frozen=True, slots=True)
class Lens:
    """What is seen of the facts; the same name, the same sight."""

    name: str
    see: Callable[[Facts], Facts] = field(compare=False)


NOTHING = Lens("nothing", lambda _facts: Facts())
WITHDRAWN = Lens("withdrawn", lambda facts: Facts(withdrawn=facts.withdrawn))
AFTERCARE = Lens("aftercare", lambda facts: Facts(owed=facts.owed))
ALARM = Lens("alarm", lambda facts: Facts(alarm=facts.alarm))
HELD = Lens("held", lambda facts: Facts(held=facts.held))


def _signature(made: Assessed | None, *keep: str) -> Assessed | None:
    if made is None:
        return None
    return Assessed("", 0, 0, 0, "")._replace(signed=made.signed, **{name: getattr(made, name) for name in keep})


SIGNED = Lens("signed", lambda facts: Facts(assessed=_signature(facts.assessed)))
SIGNER = Lens("signer", lambda facts: Facts(assessed=_signature(facts.assessed, "by", "by_another")))
LEVEL = Lens("level", lambda facts: Facts(assessed=_signature(facts.assessed, "level")))
FLOOR = Lens("floor", lambda facts: Facts(assessed=_signature(facts.assessed, "level", "floor", "lowest")))
CHANGED = Lens("changed", lambda facts: Facts(assessed=_signature(facts.assessed), changed=facts.changed))
DAY = Lens(
    "day", lambda facts: Facts(assessed=_signature(facts.assessed, "stage"), day_checked=facts.day_checked)
)  # fmt: skip
RENEWED = Lens(
    "renewed",
    lambda facts: Facts(
        consents=facts.consents & {("victim", "contact_harmer")},
        assessed=_signature(facts.assessed, "level", "floor", "lowest"),
        withdrawn=facts.withdrawn,
    ),
)


def consents(party: str, scope: str) -> Lens:
    """What the parties have agreed to, and whether they were asked again; `participate` stands for every way."""
    parties = PARTIES if party == "both" else (party,)

    def sees(one: tuple[str, str]) -> bool:
        return one[0] in parties and (one[1].startswith("participate_") if scope == "participate" else one[1] == scope)

    def see(facts: Facts) -> Facts:
        return Facts(consents=frozenset(filter(sees, facts.consents)))

    return Lens(f"consents {party} {scope}", see)


def again(party: str, scope: str) -> Lens:
    """Whether the parties were asked again."""
    inner = consents(party, scope)
    return Lens(f"again {party} {scope}", lambda facts: Facts(again=inner.see(Facts(consents=facts.again)).consents))


def answers(*questions: str) -> Lens:
    """Answers that stand; `@party` in a question stands for each party."""
    wanted = {question.replace("@party", party) for question in questions for party in PARTIES}

    def see(facts: Facts) -> Facts:
        return Facts(noted=frozenset(one for one in facts.noted if one[0] in wanted))

    return Lens("answers " + " ".join(sorted(wanted)), see)
