"""What is on record about a case, beside the walk of its pathway: the few facts that its invariants read.

They follow from the tags on the elements and the answers given, as the record keepers make them, and never from the
run's own variables: a diagram that forgot to look at an answer must not be believed.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from rj_engine import bpmn
from rj_engine.risk.assessment import PANEL_LEVEL
from rj_engine.workflows.engine.step import OpenTask
from rj_engine.workflows.proof.explore import Edge, State

PARTIES: Final = ("victim", "harmer")
TAKING_PART: Final = "taking_part"
"""Stands beside the scopes for having said yes to any; only a withdrawal takes it back."""
OWED_TO: Final = {"contact_victim": "victim", "contact_parent": "parent_carer"}
"""Whoever was met so is owed aftercare."""
RECORD_ANSWERS: Final = ("consent_given", "sign_off_decision", "sign_off_level")
"""Answers that the record keepers read."""


class Assessed(NamedTuple):
    """The newest risk assessment."""

    stage: str
    level: int
    """The gate's, until a signature makes it tighter or a panel settles it."""
    floor: int
    lowest: int
    """The lowest level that may be signed."""
    by: str
    """Element at which it was made."""
    signed: bool = False
    by_another: bool = False


class Facts(NamedTuple):
    """What is on record."""

    consents: frozenset[tuple[str, str]] = frozenset()
    """Party and scope."""
    again: frozenset[tuple[str, str]] = frozenset()
    """Those confirmed once more since time last passed."""
    assessed: Assessed | None = None
    day_checked: bool = False
    """Assessed and signed for the day, and no time has passed since."""
    withdrawn: frozenset[str] = frozenset()
    owed: str = ""
    """What the victim has yet to be offered: `aftercare`, or `more` of it, as they wished."""
    alarm: bool = False
    """Somebody has told a worry about safety that nobody has acted on."""
    held: str = ""
    """The route that holds this referral back."""
    changed: bool = False
    """Something has happened after which the risk must be looked at again."""
    noted: frozenset[tuple[str, str]] = frozenset()
    """Answers that stand, by question."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How an answer stands: until the form `old` is filled in anew; one for each value of the variable `by`."""

    old: str = ""
    by: str = ""

    def name(self, question: str, variables: Mapping[str, object]) -> str:
        """What the answer is kept as: `prison_outcome`, or `prison_outcome_access` by the kind of request."""
        return f"{question}_{variables.get(self.by)}" if self.by else question


@dataclass(frozen=True, slots=True)
class Note:
    """What one move puts on record whatever was there before: worked out once, met in thousands of situations."""

    old: frozenset[str]
    """Answers that no longer stand."""
    told: dict[str, str]
    alarm: bool


@dataclass(frozen=True, slots=True)
class Watch:
    """What to keep facts about, as the list of invariants says."""

    day_stage: str
    aftercare_stage: str
    withdrawals: Mapping[str, str]
    triggers: tuple[str, ...]
    alarms: Mapping[str, str]
    """Question to the answers, with `|` between them, that tell a worry about safety."""
    wishes: Mapping[str, str]
    """Question to the answers, with `|` between them, by which a victim wishes more aftercare."""
    holds: Mapping[str, Mapping[str, Mapping[str, str]]]
    answers: Mapping[str, Kept]
    """Question to how long its answer stands."""
    scopes: frozenset[str]
    pauses: Mapping[str, str]
    """Waits that do not make a confirmation old, each with the reason why."""
    renewal: Mapping[str, str]
    """The pathway that renews beside a case, and the message that sends a delivery back to the check on the day."""
    beside: Mapping[str, Mapping[str, Any]]
    """The pathways that run beside a case, each with what the command that starts it has made sure of."""

    _notes: dict[Hashable, Note] = field(default_factory=dict, compare=False, repr=False)

    def note(self, edge: Edge, task: OpenTask) -> Note:
        """What the answers of a move say for themselves; the same for moves of one label."""
        key = edge.label, task.form
        if (known := self._notes.get(key)) is None:
            kept = {question: one.name(question, task.variables) for question, one in self.answers.items()}
            old = {kept[question] for question, one in self.answers.items() if task.form and one.old == task.form}
            given = {question: value for question, value in edge.answers.items() if value is not None}
            told = {kept[question]: str(value) for question, value in given.items() if question in kept}
            known = self._notes[key] = Note(frozenset(old), told, _told(edge, self.alarms))
        return known

    def begins_with(self, pathway: str) -> Facts:
        """What is on record when a pathway begins that nothing else has handed on to."""
        return Facts(
            consents=frozenset((who, scope) for who, scope in self.beside.get(pathway, {}).get("consents", ()))
        )

    @property
    def noted(self) -> dict[str, frozenset[str]]:
        """The answers the walk must tell apart."""
        lifts = {key for answers in self.holds.values() for lift in answers.values() for key in lift}
        keys = {*RECORD_ANSWERS, *self.answers, *self.alarms, *self.wishes, *lifts}
        return {**dict.fromkeys(keys, frozenset[str]()), "consent_scopes": self.scopes}


def watch() -> Watch:
    """The watch that ships with the list of invariants."""
    told: Mapping[str, Any] = bpmn.invariants()["watch"]
    answers = {key: Kept(**one) if isinstance(one, dict) else Kept(one) for key, one in told["answers"].items()}
    lists = {"triggers": tuple(told["triggers"]), "scopes": frozenset(told["scopes"])}
    return Watch(**{**told, **lists, "answers": answers})


def after(facts: Facts, edge: Edge, state: State | None, watching: Watch) -> Facts:
    """The facts once a move has been made from `state`."""
    if edge.kind == "timer" and edge.element not in watching.pauses:
        facts = facts._replace(again=frozenset(), day_checked=False)
    elif edge.kind == "message":
        facts = _heard(facts, edge.element, state, watching)
    elif edge.task is not None:
        facts = _done(facts, edge, watching)
    for decision, value in edge.decided:
        if str(value) in watching.holds.get(decision, {}):
            facts = facts._replace(held=str(value))
        elif decision in watching.holds:
            facts = facts._replace(held="")
    return facts


def _heard(facts: Facts, message: str, state: State | None, watching: Watch) -> Facts:
    party = watching.withdrawals.get(message)
    if party is not None:
        cared = facts.owed == "more" or (state is not None and is_cared_for(state, watching))
        facts = facts._replace(
            consents=frozenset(one for one in facts.consents if one[0] != party),
            again=frozenset(one for one in facts.again if one[0] != party),
            withdrawn=facts.withdrawn | {party},
            owed="" if cared and party in OWED_TO.values() else facts.owed,
        )
    if message in watching.triggers:
        facts = facts._replace(changed=True, day_checked=False)
    return facts


def is_cared_for(state: State, watching: Watch) -> bool:
    """Whether aftercare is being offered just now, so that a victim who wants no more has said no to it."""
    return any(_is_aftercare(task.properties, watching) for task in state.tasks)


def _is_aftercare(properties: Mapping[str, str], watching: Watch) -> bool:
    return properties.get("effect") == "aftercare" and properties.get("stage") == watching.aftercare_stage


def _done(facts: Facts, edge: Edge, watching: Watch) -> Facts:
    task = edge.task
    if task is None:
        return facts
    properties = task.properties
    if properties.get("effect") in OWED_TO:
        facts = facts._replace(owed="aftercare")
    elif _is_aftercare(properties, watching):
        facts = facts._replace(owed="more" if _told(edge, watching.wishes) else "")
    note = watching.note(edge, task)
    alarm = note.alarm or (facts.alarm and properties.get("effect") != "safeguarding")
    if alarm != facts.alarm:
        facts = facts._replace(alarm=alarm)
    facts = _noted(facts, edge, note, watching)
    keeper = {"consent": _consent, "risk_assessment": _assessment, "sign_off": _sign_off}.get(
        properties.get("record", "")
    )
    return keeper(facts, edge, watching) if keeper else facts


def _told(edge: Edge, wanted: Mapping[str, str]) -> bool:
    return any(str(edge.answers.get(question)) in answers.split("|") for question, answers in wanted.items())


def _noted(facts: Facts, edge: Edge, note: Note, watching: Watch) -> Facts:
    if note.old or note.told:
        noted = {key: value for key, value in facts.noted if key not in note.old} | note.told
        facts = facts._replace(noted=frozenset(noted.items()))
    if not facts.held:
        return facts
    lift = next((answers[facts.held] for answers in watching.holds.values() if facts.held in answers), {})
    lifted = bool(lift) and all(edge.answers.get(key) == value for key, value in lift.items())
    return facts._replace(held="") if lifted else facts


def _consent(facts: Facts, edge: Edge, watching: Watch) -> Facts:
    """As `cases.consent` keeps it: a yes stands for each scope ticked, anything else ends them, or all if none."""
    properties = edge.task.properties if edge.task else {}
    party = properties.get("consent_party") or properties.get("party") or "victim"
    ticked = edge.answers.get("consent_scopes")
    scopes = {(party, str(scope)) for scope in ticked} if isinstance(ticked, list) else set()
    asked = properties.get("effect") == "reconfirm_consent"
    told = {f"asked_{party}": str(edge.answers.get("consent_given"))} if asked else {}
    known = {f"asked_{one}" for one in PARTIES} & watching.answers.keys() & told.keys()
    noted = dict(facts.noted) | {key: told[key] for key in known}
    facts = facts._replace(noted=frozenset(noted.items()))
    if edge.answers.get("consent_given") == "yes":
        again = facts.again | scopes if asked else facts.again - scopes
        return facts._replace(consents=facts.consents | scopes | {(party, TAKING_PART)}, again=again)
    if scopes:
        return facts._replace(consents=facts.consents - scopes, again=facts.again - scopes)
    return facts._replace(
        consents=frozenset(one for one in facts.consents if one[0] != party or one[1] == TAKING_PART),
        again=frozenset(one for one in facts.again if one[0] != party),
    )


def _assessment(facts: Facts, edge: Edge, _watching: Watch) -> Facts:
    """As `risk.assessment` keeps it: the gate's answer of the same step, unsigned; without one nothing may pass."""
    task = edge.task
    stage = str(task.variables.get("stage") or task.properties.get("stage") or "initial") if task else ""
    gate: Mapping[str, Any] = next(
        (value for _, value in reversed(edge.decided) if isinstance(value, dict) and "level" in value),
        {"level": 6, "floor": 6},
    )
    level, floor = int(gate["level"]), int(gate.get("floor", 0))
    made = Assessed(stage, level, floor, level, task.element if task else "")
    return facts._replace(assessed=made, day_checked=False)


def _sign_off(facts: Facts, edge: Edge, watching: Watch) -> Facts:
    """As `risk.assessment` keeps it: signed at its level or the one chosen; only a panel may go down to the floor."""
    made, task = facts.assessed, edge.task
    if made is None or made.signed or task is None or edge.answers.get("sign_off_decision") == "return":
        return facts
    chosen = edge.answers.get("sign_off_level")
    level = made.level if chosen in {None, ""} else int(str(chosen))
    panel = task.properties.get("effect") == "panel_decision"
    process, _, element = made.by.rpartition("/")
    other = element in task.properties.get("two_person", "").split() and task.element.startswith(f"{process}/")
    lowest = made.floor if panel and made.level == PANEL_LEVEL else made.level
    signed = made._replace(level=level, lowest=lowest, signed=True, by_another=other)
    today = made.stage == watching.day_stage
    return facts._replace(assessed=signed, changed=False, day_checked=facts.day_checked or today)
