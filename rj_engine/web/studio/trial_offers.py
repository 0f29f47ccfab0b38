"""What stands in the forms of a trial before anybody types: an ordinary day's answers, or those of the copied case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy.orm import Session

from rj_engine import bpmn
from rj_engine.cases.case import NotFound
from rj_engine.commands import Actor
from rj_engine.demonstration.journeys import on_the_day
from rj_engine.demonstration.telling import typical_answers
from rj_engine.forms import Form, first_answers
from rj_engine.workflows.beside.referrals import FRONT_DOOR
from rj_engine.workflows.published.versions import periods_of
from rj_engine.workflows.studio import checks, trial_copy, trial_world
from rj_engine.workflows.studio.drafting import FileRefused
from rj_engine.workflows.studio.trial_begins import START
from rj_engine.workflows.studio.trial_rows import TrialRun, TrialStep

FROM_THE_DOOR, HERE, COPY = "door", "here", "copy"
SOMEBODY: Final = "staff:"


def offered(session: Session, by: Actor, way: str, pathway: str, reference: str) -> dict[str, Any]:
    """What a trial begins with; `FileRefused` where no such case can be copied."""
    if way != COPY:
        ordinary = {"referral": _ordinary("referral"), "variables": _known_before()}
        return {**ordinary, "from_the_door": way == FROM_THE_DOOR}
    try:
        return trial_copy.copied(session, by, reference, pathway)
    except NotFound as unknown:
        raise FileRefused([trial_copy.NO_SUCH_CASE]) from unknown


def _known_before() -> dict[str, Any]:
    """What a case knows on an ordinary day before this pathway begins: the answers of the front door's forms."""
    door = f"{FRONT_DOOR}{checks.DIAGRAM}"
    drawn = checks.read({door: bpmn.pathways()[FRONT_DOOR].decode()})
    forms = {node.element.form for diagram in drawn for node in diagram.nodes.values()}
    return {name: value for form in sorted(filter(None, forms)) for name, value in _ordinary(form).items()}


def _ordinary(form: str) -> dict[str, Any]:
    found = {key: on_the_day(value) for key, value in typical_answers().get(form, {}).items()}
    return {key: value for key, value in found.items() if not str(value).startswith(SOMEBODY)}


def shown(
    trial: TrialRun,
    steps: Iterable[TrialStep],
    place: str,
    form: Form,
    variables: Mapping[str, object],
    hands: list[Actor],
) -> dict[str, Any]:
    """The raw answers a form of the trial opens with; `place` is the element, or the start."""
    first = first_answers(form, variables, periods_of(bpmn.clocks()))
    ordinary = {key: _put_in(value, hands) for key, value in typical_answers().get(form.id, {}).items()}
    copied = _copied(trial, steps, place)
    if copied is not None:
        kept = {key for key, asked in form.fields.items() if trial_copy.is_left_out(asked)}
        ordinary = {**{key: value for key, value in ordinary.items() if key in kept}, **copied}
    return {key: value for key, value in {**first, **ordinary}.items() if key in form.fields and value is not None}


def _copied(trial: TrialRun, steps: Iterable[TrialStep], place: str) -> dict[str, Any] | None:
    """What the copied case answered there the same time round; its last answer where it went round less often."""
    known = trial.offered
    if not known.get("copied"):
        return None
    if place == START:
        return dict(known["referral"])
    times = sum(step.told["did"].get("task") == place for step in steps)
    given = known["answers"].get(place)
    return dict(given[min(times, len(given) - 1)]) if given else None


def _put_in(value: Any, hands: list[Actor]) -> Any:
    """An ordinary answer with the trial's own people, and days counted from the trial's today."""
    if not str(value).startswith(SOMEBODY):
        return on_the_day(value)
    places = list(trial_world.PEOPLE)
    wanted = "Second facilitator" if value == "staff:facilitator2" else "Facilitator"
    return str(hands[places.index(wanted)].id)
