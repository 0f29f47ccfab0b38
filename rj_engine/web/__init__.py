"""The web: one module a screen, the REST API beside them; the only room that knows of HTTP."""

from __future__ import annotations

from flask import Flask
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from rj_engine import database, sealing
from rj_engine.settings import Settings
from rj_engine.web import (
    access,
    api,
    assets,
    away,
    bulk,
    caseloads,
    cases,
    conflicts,
    contact_log,
    decisions,
    documents,
    events,
    finished,
    health,
    home,
    inbox,
    keyboard,
    languages,
    letters,
    logs,
    notes,
    notices,
    own_referrals,
    people,
    prison_cases,
    prison_figures,
    prison_places,
    prisons,
    problems,
    protection,
    record,
    refer,
    refusals,
    said,
    search,
    sign_in,
    studio,
    tasks,
    training,
    words,
)

SCREENS = (
    sign_in,
    home,
    inbox,
    bulk,
    away,
    conflicts,
    caseloads,
    keyboard,
    tasks,
    finished,
    letters,
    cases,
    contact_log,
    notes,
    documents,
    search,
    notices,
    events,
    refer,
    own_referrals,
    problems,
    people,
    training,
    decisions,
    record,
    prisons,
    prison_places,
    prison_figures,
    prison_cases,
    studio,
)


def create_app(settings: Settings) -> Flask:
    """The application for these settings: database bound, every page behind a verb."""
    logs.register()
    app = Flask(__name__, static_folder=None)
    app.config["RJ_SETTINGS"] = settings
    sealing.use_keys(settings.data_keys)
    database.connect(app, settings.database_url)
    documents.register(app, settings)
    protection.register(app, settings)
    _prepare_templates(app)
    health.register(app)
    access.register(app)
    assets.register(app)
    languages.register(app)
    words.register(app)
    said.register(app)
    keyboard.register(app)
    letters.register(app)
    notices.register(app)
    for module in SCREENS:
        app.register_blueprint(module.screen)
    _offer_api(app)
    refusals.register(app)
    return app


def _offer_api(app: Flask) -> None:
    """The API asks for a bearer token, so a browser's cookie opens nothing there and no forgery token is needed."""
    for blueprint in api.BLUEPRINTS:
        protection.csrf.exempt(blueprint)
    api.register(app)


def _prepare_templates(app: Flask) -> None:
    ours = PackageLoader("rj_engine.web")
    app.jinja_env.loader = ChoiceLoader(
        [ours, PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})]
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
