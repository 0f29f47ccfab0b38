"""Whether somebody is trained for a task: its own least level and modules, and what the competence decision asks.

The decision reads the case's facts; the one of the run's version is asked, else the one that ships with the product.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from rj_engine import bpmn, clock, dmn, feel
from rj_engine.cases import conflicts
from rj_engine.cases.case import Case, Referral
from rj_engine.errors import Refused
from rj_engine.forms import InvalidAnswers
from rj_engine.people import competence
from rj_engine.people.competence import Trained
from rj_engine.people.staff import Staff
from rj_engine.risk import assessment
from rj_engine.risk.assessment import SENSITIVE
from rj_engine.risk.requirements import REQUIREMENTS
from rj_engine.workflows.engine.definition import Element
from rj_engine.workflows.published.versions import Published
from rj_engine.workflows.rows import Run

DECISION: Final = "competence"
ASSESSES: Final = frozenset({"assess_risk", "sign_risk", "panel_decision"})
"""Effects for which one has to be able to assess such a case: also to sign, since a competent other signs."""
FIRST_OF_ALL: Final = frozenset({"safeguarding", "withdraw"})
"""Nobody is ever held back from these: whoever hears of danger, or of a no, acts on it."""
FRONT_DOOR: Final = "coordinator"
"""Whoever takes a referral asks the first questions about safety; what they find goes to somebody trained."""
OFFICER: Final = "officer"
"""A police officer's work, told to us: their training is their force's."""
PATHWAYS: Final = frozenset({"victim_initiated_rj", "informal_rj", "apvc", "mediation"})
CHILDREN: Final = frozenset({"none", "age_16_17", "under_16"})
STANDARD, SENSITIVE_CASE = "standard", "sensitive"
COMPLEXITIES: Final = frozenset({STANDARD, SENSITIVE_CASE, "complex"})
ALONE: Final = frozenset({"deliver_apvc_parent", "deliver_apvc_parallel", "deliver_mediation_shuttle"})
"""Sessions and errands that one person may do, unless the case is sensitive."""
INTERMEDIATE: Final = 2
SECOND: Final = ("co_facilitator", "second_mediator")
"""The questions that ask who the second one was."""
FACILITATOR: Final = "facilitator"
GIVES_A_CASE: Final = frozenset({"allocation", "handover"})
"""Records by which a case gets its facilitator."""
NOTHING_DECIDED: Final[Mapping[str, Any]] = {
    "lead": 3,
    "assessor": 3,
    "co_facilitator": INTERMEDIATE,
    "modules": [],
    "assignable": False,
}
"""Where the decision has no row for a case, only the most experienced may work on it."""


class NotTrainedForThis(Refused):
    """This task needs somebody with other training."""

    code = "not_trained_for_this"


@dataclass(frozen=True, slots=True)
class Work:
    """One task in its case, with the answers to it where there are any yet."""

    run: Run
    case: Case
    published: Published
    element: Element
    key: str
    answers: Mapping[str, Any]

    @property
    def effect(self) -> str:
        """What the task does, or nothing."""
        return self.element.properties.get("effect", "")


@dataclass(frozen=True, slots=True)
class Needed:
    """What a task asks of one person."""

    level: int = 0
    modules: tuple[str, ...] = ()
    may_be_given: bool = True
    """False where the case is sensitive and this person's supervision or observed practice is not in date."""
    second: int = 0
    """The least level of a second facilitator; 0 where one person may do it alone."""
    had: int = 0
    """The level of the person who was looked at."""


def require(session: Session, who: UUID | None, work: Work, now: datetime, name: str = "") -> Needed:
    """What the task asks; refuses whoever is too close to the case, or not trained (`name`: a colleague)."""
    if work.effect not in FIRST_OF_ALL:
        conflicts.require(session, who, work.case.id, name)
    needs, sentence = _looked_at(session, who, work, now, name)
    if sentence:
        raise NotTrainedForThis(sentence)
    return needs


def held_back(session: Session, who: UUID | None, work: Work, now: datetime, name: str = "") -> str:
    """Why this person may not have the task, in plain words; empty where they may."""
    if work.effect not in FIRST_OF_ALL and (told := conflicts.in_the_way(session, who, work.case.id, name)):
        return told
    return _looked_at(session, who, work, now, name)[1]


def _looked_at(session: Session, who: UUID | None, work: Work, now: datetime, name: str) -> tuple[Needed, str]:
    if not _asks_anything(work):
        return Needed(), ""
    trained, today = competence.of(session, who), _day(now)
    needs = needed(session, trained, work, today)
    lacking = trained.lacks(needs.modules, today)
    if trained.level < needs.level or lacking:
        return needs, _too_little(needs, trained, lacking, name)
    return needs, "" if needs.may_be_given else _lapsed(trained, name)


def needed(session: Session, trained: Trained, work: Work, today: date) -> Needed:
    """What the task asks of somebody `trained` so."""
    own = work.element.properties
    least = competence.level_of(own["min_level"]) if "min_level" in own else 0
    modules = work.element.skills
    if not _asks_the_decision(work):
        return Needed(least, modules, had=trained.level)
    facts = _facts(session, work)
    decided = _decided(trained, work, facts, today)
    part = "assessor" if work.effect in ASSESSES else "lead" if work.effect in REQUIREMENTS else ""
    if part:
        least = max(least, int(decided[part]))
        modules = tuple(dict.fromkeys((*modules, *map(str, decided["modules"]))))
    alone = work.effect in ALONE and facts["complexity"] == STANDARD
    second = 0 if alone else _second(work, int(decided["co_facilitator"]))
    return Needed(least, modules, bool(decided["assignable"]), second, trained.level)


def require_second(session: Session, by: UUID | None, work: Work, needs: Needed, now: datetime) -> None:
    """Refuse an exchange of a sensitive case held by one person alone, or with a colleague not trained for it."""
    if needs.second == 0:
        return
    told = next((str(work.answers[key]) for key in SECOND if work.answers.get(key)), "")
    person = _colleague(session, work.case, told)
    if person is None or person.id == by:
        raise _about_second(work, "Say who the second facilitator was. This case needs two.")
    trained, today = competence.of(session, person.id), _day(now)
    if trained.level < needs.second:
        level = competence.level_name(needs.second)
        raise _about_second(work, f"The second facilitator has to be trained at {level} level or above.")
    if not needed(session, trained, work, today).may_be_given:
        raise _about_second(work, "The second facilitator's supervision is not in date, and this case is sensitive.")


def require_for_case(session: Session, work: Work, now: datetime) -> None:
    """Refuse to give a case to a facilitator who may not lead one like it: a task that allocates names them."""
    if work.element.properties.get("record") not in GIVES_A_CASE:
        return
    person = _colleague(session, work.case, str(work.answers.get(FACILITATOR) or ""))
    if person is None:
        return  # whoever keeps the record refuses a stranger
    if told := held_from_case(session, person, work, now):
        raise InvalidAnswers({FACILITATOR: [told]}, work.answers)


def held_from_case(session: Session, person: Staff, work: Work, now: datetime) -> str:
    """Why this colleague may not lead the case of `work`, in plain words; empty where they may."""
    if told := conflicts.in_the_way(session, person.id, work.case.id, person.name):
        return told
    trained, today = competence.of(session, person.id), _day(now)
    decided = _decided(trained, work, _facts(session, work), today)
    needs = Needed(int(decided["lead"]), tuple(map(str, decided["modules"])), bool(decided["assignable"]))
    lacking = trained.lacks(needs.modules, today)
    if trained.level < needs.level or lacking:
        return _too_little(needs, trained, lacking, person.name).replace("This task", "This case", 1)
    return "" if needs.may_be_given else _lapsed(trained, person.name)


def _asks_anything(work: Work) -> bool:
    own = work.element.properties
    return "min_level" in own or "skills" in own or _asks_the_decision(work)


def _asks_the_decision(work: Work) -> bool:
    effect, lane = work.effect, work.element.lane
    if effect in FIRST_OF_ALL or lane == OFFICER or (effect == "assess_risk" and lane == FRONT_DOOR):
        return False
    return effect in ASSESSES or effect in REQUIREMENTS or lane == "facilitator"


def _second(work: Work, level: int) -> int:
    if int(work.element.properties.get("facilitators", 1)) > 1:
        return max(level, INTERMEDIATE)
    return max(level, INTERMEDIATE) if level and work.effect.startswith("deliver_") else 0


def _colleague(session: Session, case: Case, told: str) -> Staff | None:
    try:
        identity = UUID(told)
    except ValueError:
        return None
    where = Staff.id == identity, Staff.service_id == case.service_id, Staff.active
    return session.scalars(select(Staff).where(*where)).one_or_none()


def _about_second(work: Work, message: str) -> InvalidAnswers:
    asked = work.published.forms[work.element.form or ""].fields
    return InvalidAnswers({next((key for key in SECOND if key in asked), SECOND[0]): [message]}, work.answers)


def _decided(trained: Trained, work: Work, facts: Mapping[str, object], today: date) -> Mapping[str, Any]:
    asked = {**facts, "supervision": trained.supervision(today)}
    decided = work.published.models.get(DECISION, _shipped()).decide(DECISION, asked)
    value = feel.to_json(decided.value)
    return value if isinstance(value, Mapping) else NOTHING_DECIDED


@cache
def _shipped() -> dmn.Model:
    return dmn.load(bpmn.decisions()[DECISION])


def _facts(session: Session, work: Work) -> dict[str, object]:
    """What is known of the case: what this task says, what its run knows, and what was assessed or told before."""
    seen = {**work.run.seen_by(work.key), **work.answers}
    before = _told_before(session, work.run) if not {"harm_flags", "child_party"} <= seen.keys() else {}
    told_here = _flags(work.run.seen_by(work.key)) | _flags(work.answers)
    flags = told_here if "harm_flags" in seen else _flags(before)
    complexity = seen.get("complexity")
    standard = complexity not in COMPLEXITIES or complexity == STANDARD
    child = seen.get("child_party") or before.get("child_party")
    pathways = [pathway for pathway in (work.run.pathway, work.case.pathway) if pathway in PATHWAYS]
    return {
        "pathway": pathways[0] if pathways else "victim_initiated_rj",
        "child_party": child if child in CHILDREN else "none",
        "harm_flags": sorted(flags),
        "complexity": SENSITIVE_CASE if standard and flags & SENSITIVE else STANDARD if standard else complexity,
    }


def _flags(known: Mapping[str, Any]) -> set[str]:
    told = known.get("harm_flags")
    return {str(flag) for flag in told} if isinstance(told, Sequence) and not isinstance(told, str) else set()


def _told_before(session: Session, run: Run) -> Mapping[str, Any]:
    """The facts of the standing assessment, or else of the referral."""
    standing = assessment.standing(session, run.strand)
    if standing is not None:
        inputs: Mapping[str, Any] = standing.detail.get("inputs", {})
        return inputs
    told = session.scalars(select(Referral).where(Referral.case_id == run.case_id)).first()
    return told.answers if told is not None else {}


def _too_little(needs: Needed, trained: Trained, lacking: Sequence[str], name: str) -> str:
    whose, has_not = (f"{name}'s", f"{name} has not") if name else ("Your", "You have not")
    level = competence.level_name(needs.level)
    asked = f"This task needs somebody trained at {level} level" if needs.level else "This task needs somebody"
    if needs.modules:
        several = "modules" if len(needs.modules) > 1 else "module"
        asked += f", with the {several} {_listed(needs.modules)} in date"
    sentences = [f"{asked}."]
    if trained.level < needs.level:
        sentences.append(f"{whose} level is {competence.level_name(trained.level)}.")
    if lacking:
        sentences.append(f"{has_not} {_listed(lacking)} in date.")
    return " ".join(sentences)


def _listed(modules: Sequence[str]) -> str:
    *others, last = map(competence.module_name, modules)
    return f"{', '.join(others)} and {last}" if others else last


def _lapsed(trained: Trained, name: str) -> str:
    whose = f"{name}'s" if name else "Your"
    asked = (
        "This case is sensitive: whoever works on it has to have had supervision in the last 12 weeks, and somebody has"
        " to have watched them work in the last 12 months."
    )
    day = trained.supervision_on
    last = f"was on {day.day} {day:%B %Y}" if day else "is not recorded"
    return f"{asked} {whose} last supervision {last}. Ask your lead."


def _day(now: datetime) -> date:
    return now.astimezone(clock.LONDON).date()
