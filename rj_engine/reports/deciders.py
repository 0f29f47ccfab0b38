"""Who decides whether somebody in custody may be asked, in the words of the form on which the answer is recorded."""

from __future__ import annotations

from functools import cache

from rj_engine import bpmn, forms

FORM, QUESTION = "prison_reply", "prison_decided_by"


@cache
def words(decider: str) -> str:
    """HMPPS re:hub, for `rehub`; an office that an answer was sent on to is said as it is."""
    options = forms.parse(bpmn.forms()[FORM]).fields[QUESTION].options
    known = {option.value: option.label for option in options}
    return known.get(decider) or decider.replace("_", " ").capitalize()
