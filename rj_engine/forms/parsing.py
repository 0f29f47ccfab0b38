"""From form-js JSON to a `Form`, or plain findings about what its author has to change."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from rj_engine import feel
from rj_engine.errors import Finding, Refused
from rj_engine.forms.form import Condition, Field, Form, Group, Part, Words, questions
from rj_engine.forms.limits import limits_of, options_of

ASKING = frozenset({"textfield", "textarea", "number", "checkbox", "radio", "select", "checklist", "datetime"})
SILENT = frozenset({"separator", "spacer"})
KEY = re.compile(r"[a-z][a-z0-9_]{0,62}\Z")
RESERVED = frozenset({"typename", "command_id", "csrf_token", "not", "and", "or", "if", "then", "else", "for", "some"})
MOST_QUESTIONS = 200
DEEPEST = 5


class FormRefused(Refused):
    """This form cannot be used as it is."""

    code = "form_refused"

    def __init__(self, findings: list[Finding]) -> None:
        """Every finding is told at once, so that the author need not come back for the next."""
        super().__init__(" ".join(finding.message for finding in findings[:3]))
        self.findings = findings


def parse(source: bytes | str | Mapping[str, Any]) -> Form:
    """Read one form; the same bytes give the same object."""
    if isinstance(source, Mapping):
        source = json.dumps(source)
    return _parse(source.encode() if isinstance(source, str) else source)


@lru_cache(maxsize=1024)
def _parse(source: bytes) -> Form:
    try:
        document = json.loads(source)
    except ValueError as error:
        line, column = (error.lineno, error.colno) if isinstance(error, json.JSONDecodeError) else (None, None)
        raise FormRefused([Finding("form_unreadable", "The form is not JSON.", line=line, column=column)]) from None
    if not isinstance(document, dict) or not isinstance(document.get("components"), list):
        raise FormRefused([Finding("form_unreadable", "A form is a JSON object with a list of components.")])
    return _Reader(document).form(hashlib.sha256(source).hexdigest())


class _Reader:
    """Walks one document, gathering findings instead of stopping at the first."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.findings: list[Finding] = []

    def form(self, checksum: str) -> Form:
        form_id = self.document.get("id")
        if not isinstance(form_id, str) or not KEY.match(form_id):
            self._find("form_id", f"The form's id {form_id!r} is not in snake_case.")
        parts = tuple(self._parts(self.document["components"], (), 0))
        fields = list(questions(parts))
        self._unique(fields)
        ordered = self._ordered(fields)
        if self.findings:
            raise FormRefused(self.findings)
        title = str(self.document.get("title") or self.document.get("name") or "")
        return Form(str(form_id), title, parts, MappingProxyType(self.document), checksum, ordered)

    def _parts(self, components: Any, above: tuple[Condition, ...], depth: int) -> Iterator[Part]:
        if not isinstance(components, list) or depth > DEEPEST:
            self._find("form_shape", f"Groups hold a list of components, at most {DEEPEST} deep.")
            return
        for component in components:
            if not isinstance(component, dict):
                self._find("form_shape", "A component is a JSON object.")
            elif (part := self._part(component, above, depth)) is not None:
                yield part

    def _part(self, component: dict[str, Any], above: tuple[Condition, ...], depth: int) -> Part | None:
        kind = component.get("type")
        conditions = above + self._condition(component)
        if kind == "text":
            return Words(str(component.get("text", "")), conditions)
        if kind == "group":
            if component.get("path"):
                self._find("group_path", "Answers are flat: a group has no path.", component)
            parts = tuple(self._parts(component.get("components"), conditions, depth + 1))
            return Group(str(component.get("label", "")), parts, conditions)
        if kind in ASKING:
            return self._field(component, conditions)
        if kind not in SILENT:
            self._find("question_type", f"A component of type {kind!r} cannot be asked here.", component)
        return None

    def _condition(self, component: dict[str, Any]) -> tuple[Condition, ...]:
        conditional = component.get("conditional")
        text = conditional.get("hide") if isinstance(conditional, dict) else None
        if not text:
            return ()
        if not isinstance(text, str):
            self._find("condition", "The condition is FEEL text beginning with =.", component)
            return ()
        expression = text.strip().removeprefix("=").strip()
        try:
            return (Condition(expression, feel.compile_expression(expression)),)
        except feel.ExpressionRefused as refused:
            for finding in refused.findings:
                self._find("condition", f"Condition {expression!r}: {finding.message}", component)
            return ()

    def _field(self, component: dict[str, Any], conditions: tuple[Condition, ...]) -> Field | None:
        key = component.get("key")
        if not isinstance(key, str) or not KEY.match(key) or key in RESERVED:
            self._find("question_key", f"The key {key!r} is not a free snake_case name.", component)
            return None
        kind, subtype = component["type"], component.get("subtype", "date")
        if kind == "datetime" and subtype not in {"date", "time"}:
            self._find("question_type", "Ask for the date and the time in two questions.", component)
            return None
        kind = subtype if kind == "datetime" else kind
        label = str(component.get("label") or component.get(f"{kind}Label") or "").strip()
        if not label:
            self._find("question_label", "Every question needs its words (label).", component)
        properties = {str(name): str(value) for name, value in (component.get("properties") or {}).items()}
        return Field(
            key=key,
            type=kind,
            label=label,
            hint=str(component.get("description") or ""),
            required=bool(self._rules(component).get("required")),
            limits=limits_of(self._rules(component), kind, component, self._find),
            options=options_of(component, kind, properties, self._find),
            conditions=conditions,
            kind=properties.get("kind") or str(self._rules(component).get("validationType") or ""),
            default=component.get("defaultValue"),
            properties=MappingProxyType(properties),
        )

    def _rules(self, component: dict[str, Any]) -> dict[str, Any]:
        rules = component.get("validate") or {}
        return rules if isinstance(rules, dict) else {}

    def _unique(self, fields: list[Field]) -> None:
        for key, count in Counter(each.key for each in fields).items():
            if count > 1:
                self.findings.append(Finding("question_key", f"{count} questions share the key {key}.", key))
        if len(fields) > MOST_QUESTIONS:
            self._find("form_size", f"A form asks at most {MOST_QUESTIONS} questions, not {len(fields)}.")

    def _ordered(self, fields: list[Field]) -> tuple[str, ...]:
        """Keys in the order their visibility can be decided; a circle is a finding."""
        known = {each.key for each in fields}
        waiting = {
            each.key: {name for condition in each.conditions for name in condition.expression.names} & known
            for each in fields
        }
        ordered: list[str] = []
        while waiting:
            ready = [key for key, needs in waiting.items() if not needs & waiting.keys()]
            if not ready:
                circle = ", ".join(sorted(waiting))
                self.findings.append(
                    Finding("condition_circle", f"These questions each wait for the other to be shown: {circle}.")
                )
                break
            ordered += ready
            waiting = {key: needs for key, needs in waiting.items() if key not in ready}
        return tuple(ordered)

    def _find(self, code: str, message: str, component: Mapping[str, Any] | None = None) -> None:
        name = (component or {}).get("key") or (component or {}).get("id")
        self.findings.append(Finding(code, message, name if isinstance(name, str) else None))
