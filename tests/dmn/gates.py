"""The four gates, each with the case in which everything is in its favour and what worse means for each fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from typing import Any

from gate_cases import DECISIONS, FAVOURABLE, model

from rj_engine import dmn
from rj_engine.dmn.monotony import ADDING
from rj_engine.dmn.surveys import survey

NO_YES = ("no", "yes")
UNKNOWN = ("not_known",)
WITNESSES = DECISIONS.parent / "witnesses"


@dataclass(frozen=True)
class Gate:
    """One gate; `orders` lists a fact's values from best to worst, `not_known` the answers that say so."""

    key: str
    favourable: Mapping[str, Any]
    floor: int
    """The highest level a panel may choose."""
    orders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    not_known: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    redundant: frozenset[str] = frozenset()
    """Rows that never change the level, kept for their reason and action."""
    read_as: Mapping[str, str] = field(default_factory=dict)
    """Facts that another decision reads first."""
    may_be_empty: frozenset[str] = frozenset()
    also: tuple[Mapping[str, Any], ...] = ({},)
    """What else may have to be so for one row to decide alone."""

    def decide(self, **changes: Any) -> dmn.Decided:
        """The whole answer about the favourable case with these changes."""
        return model(self.key).decide(f"{self.key}_result", {**self.favourable, **changes})

    def answer(self, **changes: Any) -> tuple[int, int]:
        """Level and floor."""
        value = self.decide(**changes).value
        assert isinstance(value, dict), changes
        return int(value["level"]), int(value["floor"])

    def fired(self, **changes: Any) -> dict[str, int]:
        """Rows that fired, with their levels."""
        rows = self.decide(**changes).fired
        return {str(row.row_id): int(str(row.outputs["level"])) for row in rows if row.table == self.key}

    def rows(self, decision: str = "") -> list[Any]:
        """The rows of the gate's own table, or another of its file."""
        return list(model(self.key).table(decision or self.key)[0].rows)

    def tightens(self) -> dict[str, Any]:
        """Every order there is, the flags' and those of `not_known` left to others."""
        named = {self.read_as.get(fact, fact): list(values) for fact, values in self.orders.items()}
        return {**named, **({"harm_flags": ADDING} if "harm_flags" in self.favourable else {})}

    def strongest(self, levels: list[int]) -> tuple[int, int]:
        """Level and floor of a set of fired levels."""
        return max(levels, default=-1), max((one for one in levels if one <= self.floor), default=-1)

    def decisive(self, row: str, changes: Mapping[str, Any]) -> bool:
        """Whether the answer would be looser without the row."""
        fired = self.fired(**changes)
        without = [level for name, level in fired.items() if name != row]
        return row in fired and self.strongest(list(fired.values())) != self.strongest(without)


def cases_of(gate: Gate, row: str) -> list[dict[str, Any]]:
    """For each combination of what the row's cells let through, the changes that make it so; flags one at a time."""
    table = survey(model(gate.key), gate.key)
    number = next(place for place, one in enumerate(table.box.rows) if one.element == row)
    meant = {read: fact for fact, read in gate.read_as.items()}
    let_through: dict[str, list[Any]] = {}
    for domain, cell in zip(table.domains, table.box.rows[number].tests, strict=True):
        if cell.text != "-":
            bits = domain.cells[cell.text]
            values = [value for place, value in enumerate(domain.values) if bits >> place & 1]
            let_through[meant.get(domain.question, domain.question)] = [
                int(value) if isinstance(value, Decimal) else value
                for value in values
                if not isinstance(value, list) or len(value) == 1
            ]
    return [dict(zip(let_through, chosen, strict=True)) for chosen in product(*let_through.values())]


def _asked(prefix: str, *facts: str) -> dict[str, tuple[str, ...]]:
    return {f"{prefix}_{fact}": NO_YES for fact in facts}


def _unknown(prefix: str, *facts: str) -> dict[str, tuple[str, ...]]:
    return {f"{prefix}_{fact}": UNKNOWN for fact in facts}


_APVC_ASKED = (
    *("danger", "weapon_recent", "serious_injury", "sexual_behaviour", "da_at_home", "crisis", "proceedings_live"),
    *("social_worker", "exploitation_cue", "punishment_sought"),
)
APVC = Gate(
    key="apvc_gate",
    floor=3,
    favourable={
        "apvc_stage": "joint",
        **{f"apvc_{fact}": "no" for fact in _APVC_ASKED},
        "apvc_yp_harmed": "no",
        "apvc_sibling_risk": "none",
        "apvc_safety_plan": "current",
        "apvc_parent_consent": "given",
        "apvc_yp_assent": "given",
        "apvc_yp_age": "10_15",
        "apvc_dash": "not_needed",
        "apvc_communication": "none",
        "apvc_parent_fear": 2,
        "apvc_yp_fear": 2,
        "apvc_separation_order": "none",
        "apvc_incident_since": "none",
    },
    orders={
        **_asked("apvc", *_APVC_ASKED),
        "apvc_stage": ("programme", "joint"),
        "apvc_yp_harmed": ("no", "known_managed", "new_concern"),
        "apvc_sibling_risk": ("none", "with_plan", "no_plan"),
        "apvc_safety_plan": ("current", "over_4_weeks", "none"),
        "apvc_parent_consent": ("given", "none", "withdrawn"),
        "apvc_yp_assent": ("given", "refused"),
        "apvc_dash": ("not_needed", "standard", "medium", "high"),
        "apvc_communication": ("none", "met", "unmet"),
        "apvc_separation_order": ("none", "varied_to_allow", "in_force"),
        "apvc_incident_since": ("none", "reviewed", "not_reviewed"),
    },
    not_known={
        **_unknown("apvc", *_APVC_ASKED, "yp_harmed", "sibling_risk", "safety_plan", "parent_consent", "yp_assent"),
        **_unknown("apvc", "yp_age", "separation_order", "incident_since"),
        "apvc_communication": ("not_assessed",),
    },
    read_as={"apvc_dash": "apvc_dash_as_read"},
    may_be_empty=frozenset({"apvc_dash", "apvc_parent_fear", "apvc_yp_fear"}),
    also=({}, {"apvc_dash": "standard"}),
)

_MEDIATION_ASKED = (
    *("da", "stalking", "assault_or_weapon", "threats", "exploitation", "investigation", "civil_proceedings"),
    *("crisis", "power_imbalance", "feels_unsafe", "substances", "no_wish_to_talk"),
)
MEDIATION = Gate(
    key="mediation_gate",
    floor=2,
    favourable={
        "mediation_stage": "combined",
        **{f"mediation_{fact}": "no" for fact in _MEDIATION_ASKED},
        "mediation_hate": "none",
        "mediation_safeguarding": "none",
        "mediation_capacity": "has",
        "mediation_party_1_consent": "given",
        "mediation_party_2_consent": "given",
        "mediation_no_contact_order": "none",
        "mediation_broken_agreements": "none",
    },
    orders={
        **_asked("mediation", *_MEDIATION_ASKED),
        "mediation_stage": ("provisional", "combined"),
        "mediation_hate": ("none", "isolated_acknowledged", "isolated_not_acknowledged", "continuous"),
        "mediation_safeguarding": ("none", "known_managed", "new_concern"),
        "mediation_capacity": ("has", "doubt"),
        "mediation_party_1_consent": ("given", "not_known", "none", "withdrawn"),
        "mediation_party_2_consent": ("given", "not_known", "none", "withdrawn"),
        "mediation_no_contact_order": ("none", "varied_to_allow", "in_force"),
        "mediation_broken_agreements": ("none", "one", "two_or_more"),
    },
    not_known={
        **_unknown("mediation", *_MEDIATION_ASKED, "hate", "safeguarding", "capacity", "party_1_consent"),
        **_unknown("mediation", "party_2_consent", "no_contact_order", "broken_agreements"),
    },
)

_INFORMAL_ASKED = (
    *("personally_connected", "sensitive_harm", "injury_or_weapon", "hate", "distressed", "repeat"),
    *("supporter_missing", "wants_more"),
)
INFORMAL = Gate(
    key="informal_gate",
    floor=1,
    favourable={
        "harm_flags": [],
        **{f"informal_{fact}": "no" for fact in _INFORMAL_ASKED},
        "informal_victim_asked": "freely_alone",
        "informal_harmer_admits": "yes",
        "informal_order": "none",
    },
    orders={
        **_asked("informal", *_INFORMAL_ASKED),
        "informal_victim_asked": ("freely_alone", "unsure", "not_alone", "pressed"),
        "informal_harmer_admits": ("yes", "no"),
        "informal_order": ("none", "in_force"),
    },
    not_known={
        **_unknown("informal", *_INFORMAL_ASKED, "victim_asked", "harmer_admits", "order"),
    },
    redundant=frozenset({"I11", "I11_not_known"}),
)

RJ = Gate(
    key="rj_gate",
    floor=3,
    favourable=FAVOURABLE,
    redundant=frozenset({"G44"}),
    read_as={one: f"{one}_as_read" for one in ("da_risk", "stalking_screen", "specialist")},
    also=({}, {"da_risk": "standard"}, {"stage": "initial"}, {"stage": "combined"}),
)
"""Its own tests stand in test_dmn_risk_gate; here it lends its witnesses."""

NEW_GATES = {gate.key: gate for gate in (APVC, MEDIATION, INFORMAL)}
GATES = {"rj_gate": RJ, **NEW_GATES}
