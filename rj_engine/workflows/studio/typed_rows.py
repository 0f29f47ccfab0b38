"""The rows of a service's lists as a page sends them, right or wrong, and the new ones that a list can take."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from itertools import chain, count
from typing import Any, Final
from uuid import UUID

from rj_engine import bpmn
from rj_engine.cases import lists, reasons
from rj_engine.errors import Finding
from rj_engine.workflows.studio.drafting import FileRefused

MOST: Final = 400
"""Rows of one list."""
LONGEST: Final = 4000
"""Characters of anything typed into a row, so that a slip of the clipboard does not fill the database."""
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    lists.REASONS: ("label", "counted_as", "decided_by"),
    lists.PARTNERS: (
        "name",
        "kind",
        "takes",
        "contact_name",
        "email",
        "telephone",
        "agreed_on",
        "ends_on",
        "checked_on",
    ),
}
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {lists.REASONS: ("pathways",), lists.PARTNERS: ("area", "uses")}
TICK: Final[Mapping[str, str]] = {lists.REASONS: "offered", lists.PARTNERS: "active"}
"""Whether the row is in use: nothing that was published is ever taken out."""
SHORT: Final = 40
"""Characters of a new reason's key before its number: together they fit into the 60 that a form takes."""
SLUG: Final = re.compile(r"[^a-z0-9]+")


def typed(kind: str, key: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    """A row as somebody typed it, spaces around it gone; `FileRefused` only where it cannot be kept at all."""
    row: dict[str, Any] = {name: str(raw.get(name) or "").strip().replace("\r\n", "\n") for name in WORDS[kind]}
    row |= {name: sorted({str(each) for each in raw.get(name) or ()}) for name in CHOICES[kind]}
    row[TICK[kind]] = bool(raw.get(TICK[kind]))
    if kind == lists.REASONS and key in bpmn.closure_reasons():
        row["counted_as"] = key
    if any(len(str(value)) > LONGEST or "\0" in str(value) for value in row.values()):
        raise FileRefused([Finding("row_long", f"One answer is longer than {LONGEST} characters.", element=key)])
    return row


def added(kind: str, rows: lists.Rows, name: str, of: str, row_id: UUID) -> tuple[str, dict[str, Any]]:
    """The key and the row of a new one: a reason of category `of`, or a partner of that kind of organisation."""
    if len(rows) >= MOST:
        raise FileRefused([Finding("list_full", f"A list holds {MOST} rows at most.")])
    return _reason(rows, name, of) if kind == lists.REASONS else _partner(name, of, row_id)


def _reason(rows: lists.Rows, label: str, category: str) -> tuple[str, dict[str, Any]]:
    wrong = []
    known = reasons.of_the_product().get(category)
    if known is None:
        wrong.append(Finding("reason_category", "Say what figures count the new reason as.", element="of"))
    key = SLUG.sub("_", label.lower()).strip("_")[:SHORT].strip("_")
    if not re.match(r"[a-z]", key):
        wrong.append(Finding("reason_words", "Give the new reason its words.", element="name"))
    if wrong or known is None:
        raise FileRefused(wrong)
    key = _free(key, {*rows, *reasons.of_the_product()})
    return key, typed(lists.REASONS, key, {**known, "label": label})


def _free(key: str, taken: Collection[str]) -> str:
    """The key, or with the first number from 2 on that makes it one of its own."""
    numbered = (f"{key}_{number}" for number in count(2))
    return next(one for one in chain([key], numbered) if one not in taken)


def _partner(name: str, kind: str, row_id: UUID) -> tuple[str, dict[str, Any]]:
    if not name:
        raise FileRefused([Finding("partner_name", "Give the partner's name.", element="name")])
    return f"p_{row_id.hex[:12]}", typed(lists.PARTNERS, "", {"name": name, "kind": kind, "active": True})
