"""What the columns and choices of a service's lists are called on its pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from flask_babel import gettext

from rj_engine import bpmn
from rj_engine.errors import Finding
from rj_engine.web.page.words import day

FIELD_OF: Final[Mapping[str, str]] = {
    "reason_words": "label",
    "reason_twice": "label",
    "reason_decided": "decided_by",
    "reason_category": "counted_as",
    "reason_named": "counted_as",
    "reason_pathway": "pathways",
    "reason_nowhere": "pathways",
    "reason_needed": "offered",
    "partner_name": "name",
    "partner_twice": "name",
    "partner_kind": "kind",
    "partner_choice": "area",
    "partner_use": "uses",
    "partner_email": "email",
    "partner_telephone": "telephone",
    "partner_day": "agreed_on",
    "partner_agreement": "ends_on",
    "partner_unagreed": "agreed_on",
    "partner_checked": "checked_on",
    "row_published": "label",
}
"""The question of a row that a finding is about."""


def of() -> dict[str, Mapping[str, str]]:
    """Words by column, then by key."""
    return {
        "decided_by": {
            "victim": gettext("The victim"),
            "harmer": gettext("The harmer"),
            "family": gettext("The family"),
            "party": gettext("A party to the mediation"),
            "together": gettext("Those who took part, together"),
            "service": gettext("This service"),
            "outside": gettext("Another organisation"),
            "nobody": gettext("Nobody: it came about"),
        },
        "kind": bpmn.partners()["kinds"],
        "uses": bpmn.partners()["uses"],
        "area": bpmn.districts(),
        "column": columns(),
    }


def columns() -> dict[str, str]:
    """What each part of a row is called."""
    return {
        "label": gettext("Its words"),
        "counted_as": gettext("Figures count it as"),
        "decided_by": gettext("Whose decision it is"),
        "pathways": gettext("Offered in"),
        "offered": gettext("In use"),
        "name": gettext("Its name"),
        "kind": gettext("Kind of organisation"),
        "takes": gettext("What they take"),
        "area": gettext("Area"),
        "uses": gettext("What you have to do with it"),
        "contact_name": gettext("Whom to ask for"),
        "email": gettext("Email address"),
        "telephone": gettext("Telephone"),
        "agreed_on": gettext("Day of the information-sharing agreement"),
        "ends_on": gettext("Day on which the agreement ends"),
        "checked_on": gettext("Last checked on"),
        "active": gettext("In use"),
    }


def day_of(text: str) -> str:
    """A day of a row, written out; as it was typed where it is none."""
    try:
        return day(date.fromisoformat(text)) if text else ""
    except ValueError:
        return text


def in_order(rows: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, Mapping[str, Any]]]:
    """The rows by what they are called, those out of use last."""

    def place(one: tuple[str, Mapping[str, Any]]) -> tuple[bool, str]:
        row = one[1]
        used = row.get("offered", row.get("active"))
        return not used, str(row.get("label", row.get("name"))).lower()

    return sorted(rows.items(), key=place)


def describing(name: str, hint: str, failing: Sequence[str]) -> str:
    """The ids of what describes a question: its hint, and what is wrong with it."""
    return " ".join([f"{name}-hint"] * bool(hint) + [f"{name}-error"] * (name in failing))


def field_of(finding: Finding) -> str:
    """The question that a finding is about; the first of the row where it is about the whole."""
    return FIELD_OF.get(finding.code, "label")
