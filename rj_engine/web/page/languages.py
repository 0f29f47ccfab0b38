"""The language of a page: a person's own choice, or what a stranger's browser asks for; and words to translate."""

from __future__ import annotations

from typing import Any, Final

from flask import Flask, Response, current_app, g, has_request_context, request
from flask_babel import Babel, get_locale, get_translations, gettext
from flask_login import current_user
from markupsafe import Markup

from rj_engine.errors import Worded
from rj_engine.people.languages import ENGLISH, LANGUAGES

CHOSEN: Final = "lang"
COOKIE: Final = "language"
ENGLISH_HERE: Final = Markup(' lang="en"')
A_YEAR: Final = 31_536_000
"""Seconds."""


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


def in_english() -> Markup:
    """What an element says of itself whose words come from a form or a pathway, on a page in another language."""
    return ENGLISH_HERE if language() != ENGLISH else Markup()


def _words() -> Any:
    """The catalogue of the page: looked for once a request, where a long page asks for five hundred texts."""
    if not has_request_context():
        return get_translations()
    if "words" not in g:
        g.words = get_translations()
    return g.words


def _wanted() -> str:
    """Programs get English, so that what they compare never changes with somebody's choice."""
    if not has_request_context() or request.path.startswith("/api/"):
        return ENGLISH
    if current_user and current_user.is_authenticated:
        return str(current_user.language)
    return _of_a_stranger()


def _of_a_stranger() -> str:
    """What the link just chose, what it chose before, else what the browser asks for."""
    for chosen in (request.args.get(CHOSEN), request.cookies.get(COOKIE)):
        if chosen in LANGUAGES:
            return str(chosen)
    asked = (tag.lower().partition("-")[0] for tag, weight in request.accept_languages if weight)
    return next((code for code in asked if code in LANGUAGES), ENGLISH)


def _tell(reply: Response) -> Response:
    """Say the language of a page in its head, and keep what a stranger has chosen by the link: two letters, no more."""
    if reply.mimetype != "text/html":
        return reply
    reply.headers["Content-Language"] = language()
    chosen = request.args.get(CHOSEN)
    if chosen in LANGUAGES and not (current_user and current_user.is_authenticated):
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        reply.set_cookie(COOKIE, str(chosen), max_age=A_YEAR, secure=secure, httponly=True, samesite="Lax")
    return reply


def register(app: Flask) -> None:
    """Give the templates `_`, the page's language, and the languages there are."""
    Babel(app, locale_selector=_wanted)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined] # of Jinja's extension, unknown to its types
        lambda text: _words().ugettext(text),
        lambda one, many, count: _words().ungettext(one, many, count),
        newstyle=True,
    )
    app.after_request(_tell)
    app.add_template_global(language, "language")
    app.add_template_filter(in_language)
    app.add_template_global(in_english)
    app.jinja_env.globals["languages"] = LANGUAGES
