"""The service's own list for a question: colleagues, by name; districts; partners; reasons to close a case."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Final

from rj_engine import bpmn, clock
from rj_engine.cases import partners, reasons
from rj_engine.database import db
from rj_engine.forms import Field, Option
from rj_engine.people import staff
from rj_engine.web.page.access import actor
from rj_engine.web.page.fields import Choices

REASON: Final = "closure_reason"


def listed(field: Field, pathway: str = "") -> list[Option]:
    """What a page offers beside, or in the place of, what its form says."""
    if field.kind == "district":
        return [Option(key, name) for key, name in bpmn.districts().items()]
    if field.kind == "partner":
        return _partners(field.properties.get("use", ""))
    if field.key == REASON and pathway:
        return _reasons(field, pathway)
    if field.kind not in {"staff", "facilitator"}:
        return []
    lane = "facilitator" if "facilitator" in (field.kind, field.key) else field.properties.get("lane")
    found = staff.colleagues(db.session(), actor(), lane)
    return [Option(str(colleague.id), colleague.name) for colleague in found]


def listed_in(pathway: str) -> Choices:
    """The same, where reasons to close are those of a pathway."""
    return partial(listed, pathway=pathway)


def _partners(use: str) -> list[Option]:
    found = partners.offered(db.session(), actor().service_id, use, clock.now())
    return [Option(one.key, one.name) for one in found]


def _reasons(field: Field, pathway: str) -> list[Option]:
    """In the service's words, as completing the task takes them."""
    known = reasons.known(db.session(), actor().service_id, clock.now())
    drawn = {option.value: option for option in field.options}
    shown = reasons.offered(known, pathway, {key: option.label for key, option in drawn.items()})
    return [Option(one.key, one.label) if one.key in known else drawn[one.key] for one in shown]


def reason_words(key: str, at: datetime) -> str:
    """What a reason was called at that moment; empty where there was none of that key."""
    found = reasons.known(db.session(), actor().service_id, at).get(key)
    return found.label if found else ""
