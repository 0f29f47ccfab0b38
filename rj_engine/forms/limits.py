"""What an author may ask of an answer: its length, size, pattern and the options to choose from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final

import re2

from rj_engine.forms.form import Limits, Option

Find = Callable[[str, str, Mapping[str, Any] | None], None]

LONGEST = {"textfield": 500, "textarea": 50_000}
"""Characters, where the form itself sets no limit."""
CHOOSING = frozenset({"radio", "select", "checklist"})
LISTED_ELSEWHERE = frozenset({"staff", "facilitator", "establishment"})
"""Kinds whose options come from the service's own lists when the page is shown."""
LISTED_BESIDES: Final = frozenset({"closure_reason"})
"""Questions whose options a service words, narrows and adds to by a list of its own: whoever records checks them."""
KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,59}\Z")


def compiled(pattern: str) -> Any:
    """The pattern in RE2, whose matching time is linear however the pattern or the answer is made."""
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


def limits_of(rules: Mapping[str, Any], kind: str, component: Mapping[str, Any], find: Find) -> Limits:
    """The limits an author wrote under `validate`; numbers written as text count as numbers."""
    pattern = rules.get("pattern") or None
    if pattern is not None:
        try:
            compiled(pattern)
        except (re2.error, TypeError):
            find("question_pattern", f"The pattern {pattern!r} is not a regular expression.", component)
            pattern = None
    longest = _number(rules.get("maxLength"), component, find)
    shortest = _number(rules.get("minLength"), component, find)
    decimals = _number(component.get("decimalDigits"), component, find)
    return Limits(
        min_length=None if shortest is None else int(shortest),
        max_length=LONGEST.get(kind) if longest is None else int(longest),
        minimum=_number(rules.get("min"), component, find),
        maximum=_number(rules.get("max"), component, find),
        decimals=None if decimals is None else int(decimals),
        pattern=pattern,
        pattern_message=str(rules.get("patternErrorMessage") or ""),
    )


def _number(value: Any, component: Mapping[str, Any], find: Find) -> float | None:
    if value is None or value == "":
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        find("question_limit", f"{value!r} is not a number.", component)
        return None


def options_of(
    component: Mapping[str, Any], kind: str, properties: Mapping[str, str], find: Find
) -> tuple[Option, ...]:
    """The options written in the form, each with a value and the words shown for it."""
    if kind not in CHOOSING:
        return ()
    values = component.get("values")
    if values is None:
        if properties.get("kind") not in LISTED_ELSEWHERE:
            find("question_options", "A question to choose from needs its options (values).", component)
        return ()
    if not isinstance(values, list) or not all(isinstance(each, dict) and each.get("value") for each in values):
        find("question_options", "Each option is an object with a value and a label.", component)
        return ()
    options = tuple(
        Option(str(each["value"]), str(each.get("label") or each["value"]), str(each.get("description") or ""))
        for each in values
    )
    for value, count in Counter(option.value for option in options).items():
        if count > 1:
            find("question_options", f"{count} options share the value {value}.", component)
    return options
