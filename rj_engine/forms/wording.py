"""What a person reads when an answer cannot be taken: what to do, in the question's own words."""

from __future__ import annotations

from rj_engine.forms.form import Field

CHOOSE = frozenset({"radio", "select", "checklist", "checkbox"})


def missing(field: Field) -> str:
    """Nothing was given; the form's author may say it better in the property `missing`."""
    if field.properties.get("missing"):
        return field.properties["missing"]
    if field.type == "checkbox":
        return f"Tick the box “{field.label}”"
    if field.label.endswith("?"):
        return f"{'Choose' if field.type in CHOOSE else 'Enter'} an answer to “{field.label}”"
    return f"{'Choose' if field.type in CHOOSE else 'Enter'} {within_a_sentence(field.label)}"


def about(field: Field, must: str) -> str:
    """`must` goes on from the question: “Date of birth” must be in the past."""
    subject = f"The answer to “{field.label}”" if field.label.endswith("?") else field.label
    return f"{subject} must {must}"


def within_a_sentence(label: str) -> str:
    """The words with a small first letter, unless they begin with an abbreviation or I."""
    first = label.split(maxsplit=1)[0] if label.strip() else ""
    if len(first) > 1 and first[1:].lower() == first[1:] and not first.startswith("I'"):
        return label[0].lower() + label[1:]
    return label
