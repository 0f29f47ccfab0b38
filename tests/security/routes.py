"""How each route is knocked at, and what its row in docs/security.md says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from flask import Flask
from werkzeug.test import TestResponse

from rj_engine import bpmn
from rj_engine.web.page import assets
from rj_engine.workflows.published.signed_decisions import checksum_of
from tests.answers import typical
from tests.places import PASSWORD
from tests.security.neighbourhood import NOBODY, PLACES, ROLES, Known, Neighbourhood

UNSEEN: Final = {"HEAD", "OPTIONS"}
GATE: Final = "rj_gate"
UNKNOWN: Final = UUID(int=7)
"""Of nothing that there is."""
NO_DRAFT: Final = UUID(int=7)
"""Of nobody: whoever may see drafts is told that there is none."""
SHORT: Final = {
    "facilitator": "FAC",
    "coordinator": "COO",
    "lead": "LEA",
    "safeguarding_lead": "SAF",
    "service_manager": "MAN",
    "referrer": "REF",
    "commissioner": "COM",
    "administrator": "ADM",
    "auditor": "AUD",
}


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one address."""

    method: str
    rule: str
    endpoint: str
    arguments: frozenset[str]

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule}"

    @property
    def unsafe(self) -> bool:
        return self.method != "GET"

    @property
    def of_a_case(self) -> bool:
        """Whether the address names something that belongs to somebody."""
        return bool(self.arguments & {"reference", "task_id", "incident_id", "staff_id"})

    @property
    def of_a_person(self) -> bool:
        """Whether it is about a colleague's account: who manages people does so for the whole service."""
        return self.endpoint.startswith("people.")

    def path(self, app: Flask, known: Known) -> str:
        """The address with everything put in."""
        given: dict[str, Any] = {
            "reference": known.reference,
            "task_id": known.task,
            "staff_id": known.colleague,
            "incident_id": known.incident,
            "outbox_id": UNKNOWN,
            "run": 0,
            "key": "intake",
            "code": "MSI",
            "number": 1,
            "draft_id": NO_DRAFT,
            "migration_id": UNKNOWN,
            "trial_id": UNKNOWN,
            "process": "intake",
            "element": "allocate_case",
            "event": "complaint",
            "asked": "nothing-that-was-sealed",
            "person": known.victim,
            "note": known.note,
            "name": self._named(),
            "checksum": checksum_of(bpmn.decisions()[GATE].decode()),
        }
        with app.test_request_context():
            return app.url_for(self.endpoint, **{name: given[name] for name in self.arguments})

    def _named(self) -> str:
        """The name of a file that is there: a decision, a letter, a diagram of the case, a style sheet."""
        if "checksum" in self.arguments:
            return GATE
        if "task_id" in self.arguments:
            return "victim_introduction.md"
        return "victim_initiated_rj.bpmn" if "run" in self.arguments else assets.entries()["site.css"]

    def body(self, known: Known, visit: int) -> dict[str, Any]:
        """What is sent along: enough to be taken if the person may."""
        return {
            "sign_in.check": {"email": f"nobody{visit}@example.org", "password": "not a password"},
            "tasks.assign": {"to": str(known.colleague)},
            "letters.make": {"as": "pdf"},
            "documents.remove": {"reason": "Added to the wrong case."},
            "amendments.send": {"amend_reason": "Misheard", "amend_beside": "More words"},
            "people.add": {**_person(known), "email": f"robin{visit}@example.org", "password": "not a real password"},
            "people.change": _person(known),
            "people.switch": {"which": "out"},
            "people.give_password": {"password": "not a real password"},
            "people.choose_language": {"language": "en"},
            "people.change_my_password": {"present": PASSWORD, "password": PASSWORD},
            "decisions.sign": {"words": "Every row read with the panel."},
            "api_tasks.assign": {"to": str(known.colleague)},
            "api_tasks.save_draft": {"values": {"notes": "so far"}},
            "api_tasks.complete": {"answers": {}},
            "api_referrals.refer": {"answers": {}},
            "search.look": {"sought": "Somebody Invented"},
            "notes.write": {"words": "A note."},
            "notes.comment": {"words": "A comment."},
            "notes.link": {"other": known.reference},
            "cases.withdraw": {"party": "victim", "words": "No longer."},
            "events.send": typical("event_complaint"),
            "api_events.tell": {"event": "complaint", "answers": typical("event_complaint")},
            "api_cases.withdraw": {"party": "victim", "words": "No longer."},
            "api_cases.add_victim": {"answers": {}},
        }.get(self.endpoint, {})


def _person(known: Known) -> dict[str, Any]:
    return {"name": "Robin Invented", "team": str(known.team), "roles": "facilitator"}


def routes(app: Flask) -> list[Route]:
    """Every method of every address."""
    found = [
        Route(method, _plain(rule.rule), rule.endpoint, frozenset(rule.arguments))
        for rule in app.url_map.iter_rules()
        for method in sorted(set(rule.methods or ()) - UNSEEN)
    ]
    return sorted(found, key=lambda route: (route.rule.startswith("/api/"), route.rule, route.method))


def _plain(rule: str) -> str:
    """`<int(max=9):number>` as `{number}`."""
    return re.sub(r"<(?:[^<>:]*:)?(\w+)>", r"{\1}", rule)


def answers(here: Neighbourhood, route: Route, who: str) -> list[TestResponse]:
    """What the route answers `who` for a case of their own team, another team, another service."""
    found = []
    for place in PLACES:
        known, visitor = here.cases[place], here.visitors[who]
        cookie = visitor.client.get_cookie("rj")
        reply = visitor.knock(route.method, route.path(here.product.app, known), route.body(known, next(_visits)))
        if route.unsafe and reply.status_code < 400:
            here.restore()
            assert cookie is not None
            visitor.client.set_cookie("rj", cookie.value)
        found.append(reply)
    return found


def _count() -> Iterator[int]:
    number = 0
    while True:
        number += 1
        yield number


_visits = _count()


def cell(statuses: list[int]) -> str:
    """Three statuses, or one where they are the same."""
    return str(statuses[0]) if len(set(statuses)) == 1 else " ".join(map(str, statuses))


def table(rows: dict[str, dict[str, list[int]]]) -> str:
    """The matrix as Markdown."""
    columns = [*ROLES, *NOBODY]
    head = "| route | " + " | ".join(SHORT.get(who, who) for who in columns) + " |"
    lines = [head, "|---|" + "---|" * len(columns)]
    for name, row in rows.items():
        lines.append(f"| `{name}` | " + " | ".join(cell(row[who]) for who in columns) + " |")
    return "\n".join(lines)
