"""The web: one module a screen, the REST API beside them; the only room that knows of HTTP."""

from __future__ import annotations

from flask import Flask
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from rj_engine import database, sealing
from rj_engine.settings import Settings
from rj_engine.web import api, decisions, health, own_referrals, problems, record, refer, refusals, search, studio
from rj_engine.web.case import cases, contact_log, documents, events, letters, notes, relationships, repairs
from rj_engine.web.page import access, assets, languages, logs, protection, said, words
from rj_engine.web.people import accounts as people
from rj_engine.web.people import conflicts, keyboard, partners, sign_in, training
from rj_engine.web.prison import board as prisons
from rj_engine.web.prison import cases as prison_cases
from rj_engine.web.prison import figures as prison_figures
from rj_engine.web.prison import places as prison_places
from rj_engine.web.work import away, bulk, caseloads, finished, home, inbox, notices, tasks

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
    relationships,
    documents,
    search,
    notices,
    events,
    repairs,
    refer,
    own_referrals,
    problems,
    people,
    training,
    partners,
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
