"""What the prison pages call an answer: the words of the form it was given in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from rj_engine import bpmn, forms


@cache
def labels(form: str, key: str) -> Mapping[str, str]:
    """Each answer that one may choose at that question, with its words."""
    return {option.value: option.label for option in forms.parse(bpmn.forms()[form]).fields[key].options}
