"""The product under gunicorn: pages, API and, where asked, the scheduler in one of its processes."""

from __future__ import annotations

from pathlib import Path
from threading import Thread
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from rj_engine import migrations
from rj_engine.database import db
from rj_engine.reports import survival
from rj_engine.settings import Settings
from rj_engine.web import create_app
from rj_engine.workflows import scheduler
from rj_engine.workflows.post import mail, outbox


class Server(BaseApplication):
    """gunicorn with our settings and nothing from its command line."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self.app = app
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Take our options alone."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The app every worker serves; made before the fork, so that they share its memory."""
        return self.app


def serve(settings: Settings, *, bind: str, workers: int, threads: int, with_scheduler: bool) -> None:
    """Serve until interrupted; the database is brought to the newest shape first."""
    app = create_app(settings)
    with app.app_context():
        migrations.upgrade(db.engine)
        db.engine.dispose()

    def post_fork(server: object, worker: Any) -> None:
        """Each worker has connections of its own; the first to start also rings the scheduler."""
        del server
        with app.app_context():
            db.engine.dispose(close=False)
        Thread(target=survival.make_ready, name="make ready", daemon=True).start()
        if with_scheduler and worker.age == 1:
            post = outbox.Folder(Path(settings.outgoing_folder))
            scheduler.start(app.app_context, post, mail=mail.of(settings), digest_hour=settings.digest_hour)

    options = {
        "bind": bind,
        "workers": workers,
        "threads": threads,
        "worker_class": "gthread",
        "preload_app": True,
        "post_fork": post_fork,
        "accesslog": None,
        "loglevel": "warning",
        "graceful_timeout": 10,
        "keepalive": 5,
        "control_socket_disable": True,
    }
    Server(app, options).run()
