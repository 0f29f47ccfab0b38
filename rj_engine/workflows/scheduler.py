"""The scheduler: APScheduler rings, we claim. Any number of them may run; each timer still fires once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from apscheduler.schedulers.background import BackgroundScheduler

from rj_engine import backups
from rj_engine.database import db, translated
from rj_engine.errors import RjError
from rj_engine.workflows.beside import silence
from rj_engine.workflows.migration import migrating
from rj_engine.workflows.post import digest, notices, outbox, weekly
from rj_engine.workflows.post.digest import Mail
from rj_engine.workflows.post.outbox import Post
from rj_engine.workflows.studio import proving, trials
from rj_engine.workflows.timed import timers

EVERY_SECONDS: Final = 20
SOMEBODY_WAITS: Final = 3
"""Seconds between two looks for proofs: whoever asked for one looks at the page."""
A_LOOK: Final = 60
"""Seconds between two looks for what people have to be told."""
AN_HOUR: Final = 3600
"""Seconds between two looks for victims who have heard nothing: their clocks count days."""
Ready = Callable[[], AbstractContextManager[object]]
"""Gives a context in which the database can be used."""
log = logging.getLogger(__name__)


def tick(ready: Ready, post: Post) -> tuple[int, int]:
    """Fire what is due and deliver what waits; (timers fired, effects delivered). Trouble is logged and tried again.

    After a restore nothing does either until an operator releases it: what left before must not leave twice.
    """
    with ready():
        if _stands_still():
            return 0, 0
        return _tried(timers.fire_all_due), _tried(lambda: outbox.deliver_due(post))


def remind(ready: Ready, mail: Mail | None, digest_hour: int) -> tuple[int, int]:
    """Write what each person is told and let due e-mails leave; (notices, e-mails). After a restore none."""
    with ready():
        if _stands_still():
            return 0, 0
        _tried(trials.sweep_due)
        written = _tried(notices.write_due)
        if mail is None:
            return written, 0
        daily = _tried(lambda: digest.send_due(mail, digest_hour))
        return written, daily + _tried(lambda: weekly.send_due(mail, digest_hour))


def _stands_still() -> bool:
    """Also where nobody can tell: what is not known to be released waits."""
    try:
        with translated():
            return backups.held(db.session())
    except RjError as error:
        log.warning("scheduler tick put off: %s", error.code)
        return True


def prove(ready: Ready) -> int:
    """Make the proofs that managers wait for, beside everything else."""
    with ready():
        return _tried(proving.prove_due)


def migrate(ready: Ready) -> int:
    """Move the cases that a manager moves to another version; after a restore nothing."""
    with ready():
        return 0 if _stands_still() else _tried(migrating.migrate_due)


def break_silence(ready: Ready) -> int:
    """Begin what tells a victim how it stands, where they have heard nothing for too long; after a restore nothing."""
    with ready():
        return 0 if _stands_still() else _tried(silence.look)


def _tried(work: Callable[[], int]) -> int:
    try:
        return work()
    except RjError as error:
        log.warning("scheduler tick put off: %s", error.code)
        return 0


def start(
    ready: Ready,
    post: Post,
    every_seconds: float = EVERY_SECONDS,
    mail: Mail | None = None,
    digest_hour: int = 7,
) -> BackgroundScheduler:
    """Ring every `every_seconds` in a thread of its own until shut down."""
    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_job(
        tick, "interval", args=(ready, post), seconds=every_seconds, max_instances=1, coalesce=True, id="tick"
    )
    scheduler.add_job(
        prove, "interval", args=(ready,), seconds=SOMEBODY_WAITS, max_instances=1, coalesce=True, id="prove"
    )
    scheduler.add_job(
        migrate, "interval", args=(ready,), seconds=SOMEBODY_WAITS, max_instances=1, coalesce=True, id="migrate"
    )
    scheduler.add_job(
        break_silence, "interval", args=(ready,), seconds=AN_HOUR, max_instances=1, coalesce=True, id="break_silence"
    )
    told = (ready, mail, digest_hour)
    scheduler.add_job(remind, "interval", args=told, seconds=A_LOOK, max_instances=1, coalesce=True, id="remind")
    scheduler.start()
    return scheduler
