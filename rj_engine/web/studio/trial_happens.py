"""Something happens in a trial: what can be told, the form of one of it, and who could withdraw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from rj_engine import bpmn
from rj_engine.cases.case import Case
from rj_engine.web.page.fields import Page, page_of
from rj_engine.web.studio import trial_offers
from rj_engine.workflows.beside import events, withdrawals
from rj_engine.workflows.beside.events import Event
from rj_engine.workflows.studio import trial_happenings, trial_world
from rj_engine.workflows.studio.trial_rows import TrialRun

Messages = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Happening:
    """What can happen now, and the form of what was chosen."""

    events: Sequence[Event]
    leaving: Sequence[tuple[str, str]]
    """Whoever could withdraw: party, or party and person, and their words."""
    chosen: Event | None = None
    page: Page | None = None


def happening(
    world: Session, trial: TrialRun, case: Case, wanted: str, raw: Mapping[str, Any] | None, wrong: Messages
) -> Happening:
    """What can happen in the trial as it stands; `wanted` is what was chosen from it."""
    offered = trial_happenings.may_happen(world) if case.status != "closed" else []
    leaving = list(_leaving(world, case)) if offered else []
    chosen = next((one for one in offered if one.key == wanted), None)
    if chosen is None:
        return Happening(offered, leaving)
    form, hands = events.form_of(chosen), trial_world.people(world)
    known = raw if raw is not None else trial_offers.shown(trial, (), "", form, {}, hands)
    return Happening(offered, leaving, chosen, page_of(form, known, {}, wrong))


def _leaving(world: Session, case: Case) -> list[tuple[str, str]]:
    found = []
    for party, people in withdrawals.people_of(world, case).items():
        label = str(bpmn.parties()[party]["label"]).capitalize()
        staying = [one for one in people if one.withdrawn_at is None]
        found += [(f"{party}:{one.id}", f"{label}: {one.name}") for one in staying]
        found += [] if people else [(f"{party}:", label)]
    return found
