"""What the prison pages call an answer and a place: the words of the form it was given in, and of everyday."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from rj_engine import bpmn, forms
from rj_engine.prisons.reference import Establishment
from rj_engine.web.page.languages import in_language, marked

HELD_THERE: Final[Mapping[str, str]] = {
    "male": marked("Men"),
    "male + yoi(18-20)": marked("Men, and young adults from 18"),
    "female": marked("Women"),
    "female + yoi(18-20)": marked("Women, and young adults from 18"),
    "yoi (under-18)": marked("Children under 18"),
    "stc": marked("Secure training centre"),
    "secure school (under-18)": marked("Secure school, children under 18"),
}
"""The register's own signs for who is held there; whatever else a lead has typed is said as it is."""
NO_CATEGORY: Final = frozenset({"", "n/a"})


@cache
def labels(form: str, key: str) -> Mapping[str, str]:
    """Each answer that one may choose at that question, with its words."""
    return {option.value: option.label for option in forms.parse(bpmn.forms()[form]).fields[key].options}


def held_there(place: Establishment) -> str:
    """Who is held there and the category, such as: Men, and young adults from 18; C."""
    kind = in_language(HELD_THERE.get(place.kind.casefold(), place.kind))
    return f"{kind}; {place.category}" if place.category.casefold() not in NO_CATEGORY else kind
