"""The language of a page: a person's own choice, or what a stranger's browser asks for; and words to translate."""

from __future__ import annotations

from flask import Flask, has_request_context, request
from flask_babel import Babel, get_locale, gettext
from flask_login import current_user

from rj_engine.errors import Worded
from rj_engine.people.languages import ENGLISH, LANGUAGES


def marked(text: str) -> str:
    """The same text, noted for the catalogue: for words that stand in a module and are shown by a template."""
    return text


def in_language(text: str) -> str:
    """A sentence that came from below, in the language of the page; as it is where no catalogue holds it."""
    if isinstance(text, Worded):
        return str(gettext(text.pattern, **text.values))
    return str(gettext(text)) if text else ""


def language() -> str:
    """The language of the page that is being made; English where none is."""
    locale = get_locale()
    return str(locale.language) if locale else ENGLISH


def _wanted() -> str:
    """Programs get English, so that what they compare never changes with somebody's choice."""
    if not has_request_context() or request.path.startswith("/api/"):
        return ENGLISH
    if current_user and current_user.is_authenticated:
        return str(current_user.language)
    asked = (tag.lower().partition("-")[0] for tag, weight in request.accept_languages if weight)
    return next((code for code in asked if code in LANGUAGES), ENGLISH)


def register(app: Flask) -> None:
    """Give the templates `_`, the page's language, and the languages there are."""
    Babel(app, locale_selector=_wanted)
    app.add_template_global(language, "language")
    app.add_template_filter(in_language)
    app.jinja_env.globals["languages"] = LANGUAGES
