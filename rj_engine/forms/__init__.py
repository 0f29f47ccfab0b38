"""Forms: the questions of a task, read once from form-js JSON, asked on a page and checked on the way in."""

from rj_engine.forms.form import Field, Form, Group, Option, Words
from rj_engine.forms.html import from_html
from rj_engine.forms.opening import first_answers
from rj_engine.forms.parsing import FormRefused, parse
from rj_engine.forms.reading import readable
from rj_engine.forms.schema import schema_for
from rj_engine.forms.validation import InvalidAnswers, validate
from rj_engine.forms.visibility import hidden_fields

__all__ = [
    "Field",
    "Form",
    "FormRefused",
    "Group",
    "InvalidAnswers",
    "Option",
    "Words",
    "first_answers",
    "from_html",
    "hidden_fields",
    "parse",
    "readable",
    "schema_for",
    "validate",
]
