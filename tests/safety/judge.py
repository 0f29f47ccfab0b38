"""A second opinion on a diagram: random lives of cases, judged from their history alone, by rules of its own.

It shares nothing with the proof but the engine and the answers people can give. What it finds unsafe is unsafe; what
it does not find may only be rare.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from rj_engine.workflows.engine import runner
from rj_engine.workflows.engine.guards import EngineBroken
from rj_engine.workflows.engine.step import Decision, OpenTask, Step, Surroundings
from rj_engine.workflows.proof.facts import watch
from rj_engine.workflows.proof.outcomes import Outcomes, answers_of, told_answers
from rj_engine.workflows.proof.reads import Reads
from rj_engine.workflows.published.versions import Published
from rj_engine.workflows.task.tasks import routing_values

LIKELY = 0.8
MOST_MOVES = 120
BEGIN = datetime(2030, 1, 1, tzinfo=UTC)
ACROSS = ("deliver_letter", "deliver_shuttle", "deliver_direct", "deliver_live_video", "deliver_recorded_video")
"""What passes between victim and harmer; of other pathways this judge knows the contacts and the ends alone."""
BEYOND = ("contact_harmer", "disclose_to_harmer", "disclose_to_victim", "deliver_letter", "deliver_shuttle")


@dataclass(frozen=True)
class Event:
    """Something that happened: a task done, a timer, a message, or a decision."""

    what: str
    name: str
    effect: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    value: Any = None


class Life:
    """One case that lives at random."""

    def __init__(self, published: Published, chance: random.Random) -> None:
        self.published = published
        self.chance = chance
        self.history: list[Event] = []
        self.now = BEGIN
        reads = Reads(published.definition, published.forms)
        self.outcomes = Outcomes(reads.parts, published.definition.reads, watch().noted)
        self.told = told_answers()

    def faults(self) -> Iterator[str]:
        """What is unsafe about this life, as it comes up."""
        step = runner.start(self.published.definition, {}, self._world())
        for _ in range(MOST_MOVES):
            self._note_decisions(step)
            for task in step.open_tasks:
                yield from (f"{task.element}: {words}" for words in unsafe(task, self.history))
            if step.ended:
                yield from unsafe_end(self.published, step, self.history)
                return
            step = self._next(step)

    def _next(self, step: Step) -> Step:
        chances = [
            ("task", 80 * bool(step.open_tasks)),
            ("wait", 20 * bool(step.waits)),
            ("message", bool(step.messages)),
        ]
        kind = self.chance.choices([name for name, _ in chances], [weight for _, weight in chances])[0]
        definition = self.published.definition
        if kind == "wait":
            self.now = max(self.now, min(wait.due_at for wait in step.waits))
            moved = runner.wake(definition, step.state, self._world())
            self.history.append(Event("timer", next((wait.element for wait in step.waits), "")))
            return moved
        if kind == "message":
            message = self.chance.choice(sorted(step.messages))
            self.history.append(
                Event("message", message, answers={"open": [t.properties.get("stage") for t in step.open_tasks]})
            )
            return runner.catch(definition, step.state, message, {}, self._world())
        return self._done(step, self.chance.choice(step.open_tasks))

    def _done(self, step: Step, task: OpenTask) -> Step:
        form = self.published.forms[task.form or ""]
        ways = self.outcomes.of(form, task.variables)
        answers = ways[0] if self.chance.random() < LIKELY else self.chance.choice(ways)
        self.history.append(
            Event(
                "task",
                task.element,
                task.properties.get("effect", ""),
                task.properties,
                {**answers, "form": task.form},
                dict(task.variables),
            )
        )
        values = routing_values(self.published, task.form or "", answers)
        return runner.complete(self.published.definition, step.state, task.key, values, self._world())

    def _note_decisions(self, step: Step) -> None:
        for one in step.decided:
            self.history.append(Event("decision", one.decision, value=one.value))

    def _world(self) -> Surroundings:
        return Surroundings(self.now, self._decide, lambda _name, _data: self.now + timedelta(days=7))

    def _decide(self, decision: str, _facts: Mapping[str, object]) -> Decision:
        answers = answers_of(decision, self.published.models, self.told)
        likely = answers[: max(1, len(answers) // 4)]
        return Decision(self.chance.choice(likely if self.chance.random() < LIKELY else answers), True, {})


def unsafe(task: OpenTask, history: list[Event]) -> Iterator[str]:
    """Why this task should not stand open after that history."""
    effect = task.properties.get("effect", "")
    for party in ("victim", "harmer"):
        gone = any(event.what == "message" and event.name == f"{party}_withdraws" for event in history)
        if gone and (effect in BEYOND or effect == "contact_victim" == f"contact_{party}"):
            yield f"after the {party} withdrew"
    asks_harmer = effect.endswith("_consent") and task.properties.get("party") == "harmer"
    if effect in BEYOND or asks_harmer:
        yield from _risk(history)
    if effect == "contact_harmer" or asks_harmer:
        yield from _before_the_harmer(task, history)
    if effect in ACROSS:
        yield from _delivery(effect, task, history)


def _before_the_harmer(task: OpenTask, history: list[Event]) -> Iterator[str]:
    if not _agreed(history, "victim", "contact_harmer"):
        yield "the victim has not agreed to it"
    custody = _last(history, "harmer_route") == "custody"
    if custody and _last(history, "prison_access", since="professional_enquiry") != "granted":
        yield "the prison has not agreed to it"
    works = task.properties.get("stage") in {"preparation", "delivery"}
    if works and not any(_says_yes(event, "harmer") for event in history):
        yield "the harmer never agreed to take part"


def _risk(history: list[Event]) -> Iterator[str]:
    made = [at for at, event in enumerate(history) if event.properties.get("record") == "risk_assessment"]
    if not made:
        yield "nobody has assessed the risk"
        return
    signed = [event for event in history[made[-1] :] if _signs(event)]
    if not signed:
        yield "the newest assessment is unsigned"
        return
    if history[made[-1]].name.rpartition("/")[2] not in signed[0].properties.get("two_person", "").split():
        yield "one person may have assessed and signed"
    gate = next(
        (event.value for event in history[made[-1] :] if event.what == "decision" and isinstance(event.value, dict)),
        None,
    )
    if gate is None:
        yield "the table of risks was not read"
        return
    chosen = signed[0].answers.get("sign_off_level")
    level = gate["level"] if chosen in (None, "") else int(chosen)
    panel = signed[0].effect == "panel_decision" and gate["level"] == 4
    if level > 3:
        yield f"the level is {level}"
    if level < (gate["floor"] if panel else gate["level"]):
        yield "signed under the floor"
    if any(event.what == "message" and event.name == "facts_changed" for event in history[made[-1] :]):
        yield "the facts have changed since"


def _signs(event: Event) -> bool:
    return event.properties.get("record") == "sign_off" and event.answers.get("sign_off_decision") != "return"


def _agreed(history: list[Event], party: str, scope: str) -> bool:
    agreed = False
    for event in history:
        if event.properties.get("record") == "consent" and event.properties.get("consent_party") == party:
            scopes = event.answers.get("consent_scopes") or []
            if event.answers.get("consent_given") == "yes":
                agreed = agreed or scope in scopes
            elif not scopes or scope in scopes:
                agreed = False
    return agreed


def _says_yes(event: Event, party: str) -> bool:
    mine = event.properties.get("record") == "consent" and event.properties.get("consent_party") == party
    return mine and event.answers.get("consent_given") == "yes"


def _last(history: list[Event], question: str, since: str = "") -> Any:
    forms = [at for at, event in enumerate(history) if since and event.answers.get("form") == since]
    told = [event.answers[question] for event in history[forms[-1] if forms else 0 :] if question in event.answers]
    return told[-1] if told else None


def _delivery(effect: str, task: OpenTask, history: list[Event]) -> Iterator[str]:
    scope = effect.replace("deliver_", "participate_")
    for party in ("victim", "harmer"):
        if not _agreed(history, party, scope):
            yield f"the {party} has not agreed to {scope}"
    days = [
        at
        for at, event in enumerate(history)
        if event.properties.get("record") == "risk_assessment" and event.value.get("stage") == "pre_event"
    ]
    if not days or any(
        event.what == "timer" and not event.name.startswith("risk_assessment/") for event in history[days[-1] :]
    ):
        yield "nothing was checked for the day"
    if effect == "deliver_letter":
        wanted = {"first_vet": "pass", "second_vet": "pass", "victim_wants_letter": "yes"}
        yield from (
            f"{key} is not {value}" for key, value in wanted.items() if _last(history, key, "letter_text") != value
        )
    if effect == "deliver_shuttle":
        if (
            _last(history, "message_vet", "take_message") != "pass"
            or _last(history, "message_to") != task.properties["party"]
        ):
            yield "the message was not passed for this party"
        asked = [event for event in history if event.properties.get("record") == "consent"]
        if (
            not asked
            or asked[-1].properties["consent_party"] != task.properties["party"]
            or asked[-1].answers["consent_given"] != "yes"
        ):
            yield "its receiver was not asked"


def unsafe_end(published: Published, step: Step, history: list[Event]) -> Iterator[str]:
    """Why a case should not be over after that history."""
    met = [at for at, event in enumerate(history) if event.effect == "contact_victim"]
    after = history[met[-1] :] if met else []
    offered = any(event.effect == "aftercare" and event.properties.get("stage") == "R4" for event in after)
    declined = any(event.name == "victim_withdraws" and "R4" in event.answers["open"] for event in after)
    beside = published.pathway in watch().beside
    if met and not offered and not declined and not beside:
        yield "the victim was met and nobody offered aftercare"
    wished = [event for event in after if _wish(event) is not None]
    if wished and _wish(wished[-1]) == "more" and not any(event.name == "victim_withdraws" for event in after):
        yield "the victim wished more aftercare"
    told = [at for at, event in enumerate(history) if "concern" in event.answers.values()]
    if told and not any(event.effect == "safeguarding" for event in history[told[-1] :]):
        yield "a worry about safety was told and left"
    end = published.definition.elements[step.end_event or ""]
    closes = published.pathway == "victim_initiated_rj"
    if closes and not any(event.properties.get("record") == "closure" for event in history):
        yield f"{end.id} without a reason for closing"
    held = [event.value for event in history if event.what == "decision" and event.name == "route"]
    lifted = _last(history, "hold_decision") == "victim_has_asked", _last(history, "approach_decision") == "ask_victim"
    lifts = {"hold_harmer_initiated": lifted[0], "rj_hold_for_victim_choice": lifted[1]}
    if "starts" in end.properties and held and not lifts.get(held[-1], True):
        yield "started though it was held"


def _wish(event: Event) -> str | None:
    """`more` or nothing more, where aftercare was talked of."""
    if event.effect != "aftercare" or event.properties.get("stage") != "R4":
        return None
    more = event.answers.get("aftercare_wanted") == "full" or event.answers.get("aftercare_next") == "again"
    return "more" if more else ""


def condemned(published: Published, lives: int = 60, seed: int = 7) -> str | None:
    """The first fault found in that many random lives; None where there is none."""
    chance = random.Random(seed)
    for _ in range(lives):
        try:
            found = next(Life(published, chance).faults(), None)
        except EngineBroken as broken:
            return f"the engine stops: {broken.sentence}"
        if found:
            return found
    return None
