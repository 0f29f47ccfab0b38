"""Three cases in three places, somebody of every role beside the first, and doors to knock at."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from flask.testing import FlaskClient
from sqlalchemy import event, select, text, update
from werkzeug.test import TestResponse

from rj_engine import bpmn, clock
from rj_engine.cases.case import Case, parties
from rj_engine.cases.documents import AddDocument
from rj_engine.cases.notes import Note, WriteNote
from rj_engine.cases.papers.paper import Paper
from rj_engine.database import db
from rj_engine.demonstration import journeys
from rj_engine.errors import Broken
from rj_engine.people.sign_in import CreateToken, SignOut, new_secret
from rj_engine.people.staff import Staff, actor, by_email
from rj_engine.workflows.beside.referrals import MakeReferral
from rj_engine.workflows.rows import Incident, Run, Task
from rj_engine.workflows.task.tasks import CompleteTask
from tests.places import PASSWORD, Product

ROLES: Final = tuple(bpmn.roles()["roles"])
PLACES: Final = {"own team": "", "other team": ".west", "other service": ".sample"}
"""Where a case is, seen from the people of the first team, and how its own people's names end."""
NOBODY: Final = ("signed out", "ended sign-in", "inactive staff")
CSRF: Final = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
WRITES: Final = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Known:
    """What may be named of one case."""

    reference: str
    task: uuid.UUID
    colleague: uuid.UUID
    team: uuid.UUID
    victim: uuid.UUID
    note: uuid.UUID
    incident: uuid.UUID | None = None
    """Of another case in the same place, which a broken step has stopped."""


@dataclass(slots=True)
class Visitor:
    """Somebody at the door: a browser with or without a sign-in, and a token or none."""

    client: FlaskClient
    token: str | None = None
    csrf: str = ""

    def knock(self, method: str, path: str, body: Mapping[str, Any]) -> TestResponse:
        """Ask for a path as a page's form or as a program does, whichever fits it."""
        if path.startswith("/api/"):
            headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
            sent = {"command_id": str(uuid.uuid4()), **body} if method != "GET" else None
            return self.client.open(path, method=method, headers=headers, json=sent)
        form = {"csrf_token": self.csrf, "command_id": str(uuid.uuid4()), **body} if method != "GET" else None
        return self.client.open(path, method=method, data=form)


@dataclass
class Neighbourhood:
    """A furnished product with three cases, one in each place, at a facilitator's task."""

    product: Product
    snapshot: Path
    cases: dict[str, Known] = field(default_factory=dict)
    visitors: dict[str, Visitor] = field(default_factory=dict)
    built_at: datetime = field(default_factory=clock.now)
    """Everybody signed in a moment before."""

    @classmethod
    def built(cls, product: Product, folder: Path) -> Neighbourhood:
        """Refer the cases, take each to the facilitator, sign everybody in."""
        found = cls(product, folder / "snapshot.sqlite")
        found.cases = {place: with_incident(product, ending) for place, ending in PLACES.items()}
        found.visitors = {role: visitor(product, role) for role in ROLES}
        found.visitors |= {state: _nobody(product, state) for state in NOBODY}
        found.built_at = clock.now()
        product.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        db.session.remove()
        db.engine.dispose()
        shutil.copy(found._file, found.snapshot)
        return found

    @property
    def _file(self) -> Path:
        return Path(self.product.url.removeprefix("sqlite:///"))

    def restore(self) -> None:
        """Everything as it was when it was built."""
        db.session.remove()
        db.engine.dispose()
        for ending in ("-wal", "-shm"):
            Path(f"{self._file}{ending}").unlink(missing_ok=True)
        shutil.copy(self.snapshot, self._file)


def a_case(product: Product, ending: str = "") -> Known:
    """A case of that team, its first contact open for its facilitator."""
    stage = journeys.Stage(journeys.Staff(), team=ending)
    made = product.do(MakeReferral, f"coordinator{ending}", answers=stage.filled("referral", {}))
    tasks = made["next_tasks"]
    while tasks[0]["lane"] != "facilitator":
        form = product.session.get_one(Task, uuid.UUID(tasks[0]["id"])).form
        done = {"task_id": uuid.UUID(tasks[0]["id"]), "answers": stage.filled(form, {})}
        tasks = product.do(CompleteTask, f"{tasks[0]['lane']}{ending}", **done)["next_tasks"]
    colleague = product.actor(f"facilitator{ending}")
    assert colleague.id is not None
    assert colleague.team_id is not None
    case = product.session.scalars(select(Case).where(Case.reference == made["reference"])).one()
    victim = parties(product.session, case)[0].id
    product.do(WriteNote, f"facilitator{ending}", reference=case.reference, words="Rang twice.")
    note = product.session.scalars(select(Note.id).where(Note.case_id == case.id)).one()
    return Known(made["reference"], uuid.UUID(tasks[0]["id"]), colleague.id, colleague.team_id, victim, note)


def with_incident(product: Product, ending: str) -> Known:
    """A case of that team, and another whose step broke because its state had been spoilt, since mended."""
    stopped = a_case(product, ending)
    where = Run.id == select(Task.run_id).where(Task.id == stopped.task).scalar_subquery()
    whole = product.session.scalar(select(Run.state_sealed).where(where))
    product.session.execute(update(Run).where(where).values(state_sealed=b"\x01" + bytes(60)))
    keep(product)
    form = product.session.get_one(Task, stopped.task).form
    stage = journeys.Stage(journeys.Staff(), team=ending)
    with suppress(Broken):
        product.do(CompleteTask, f"facilitator{ending}", task_id=stopped.task, answers=stage.filled(form, {}))
    product.session.execute(update(Run).where(where).values(state_sealed=whole))
    keep(product)
    incident = product.session.scalar(select(Incident.id).where(Incident.reference == stopped.reference))
    assert incident is not None
    found = replace(a_case(product, ending), incident=incident)
    paper = {
        "reference": found.reference,
        "paper": Paper("txt", "text/plain", b"Words"),
        "name": "Words",
        "party": None,
    }
    product.do(AddDocument, f"coordinator{ending}", **paper)
    return found


def sign_in(product: Product, who: str) -> Visitor:
    """A browser signed in as `<who>@example.org`."""
    client = product.app.test_client()
    form = {"email": f"{who}@example.org", "password": PASSWORD, "csrf_token": csrf_of(client)}
    assert client.post("/sign-in", data=form).status_code == 302
    return Visitor(client, csrf=csrf_of(client))


def csrf_of(client: FlaskClient) -> str:
    """A forgery token of this browser's."""
    found = CSRF.search(client.get("/sign-in").text)
    assert found is not None
    return found[1]


def visitor(product: Product, who: str) -> Visitor:
    """Signed in, and with a token: also of roles that may not make one themselves."""
    found = sign_in(product, who)
    found.token = _token(product, who)
    return found


def _token(product: Product, who: str) -> str:
    secret, hashed = new_secret()
    person = by_email(product.session, f"{who}@example.org")
    assert person is not None
    everything = frozenset(ROLES)
    maker = actor(person.id, person.name, person.service_id, person.team_id, everything)
    journeys.dispatch(CreateToken(command_id=uuid.uuid4(), by=maker, secret_hash=hashed))
    return secret


def _nobody(product: Product, state: str) -> Visitor:
    """Whom nothing private opens to: never signed in, signed out meanwhile, or no longer working here."""
    if state == "signed out":
        client = product.app.test_client()
        return Visitor(client, token="no such token", csrf=csrf_of(client))
    who = {"ended sign-in": "facilitator2", "inactive staff": "facilitator3"}[state]
    if state == "inactive staff":
        _hire(product, who)
    found = visitor(product, who)
    if state == "ended sign-in":
        product.do(SignOut, who)
        found.token = None
    else:
        dismiss(product, who)
    return found


def _hire(product: Product, who: str) -> None:
    like = by_email(product.session, "facilitator@example.org")
    assert like is not None
    columns = ("service_id", "team_id", "name", "roles", "password_hash", "added_at")
    product.session.add(
        Staff(email=f"{who}@example.org", **{column: getattr(like, column) for column in columns}),
    )
    keep(product)


def dismiss(product: Product, who: str) -> None:
    """The account is switched off, as an operator does."""
    product.session.execute(update(Staff).where(Staff.email == f"{who}@example.org").values(active=False))
    keep(product)


def keep(product: Product) -> None:
    """Keep what a test changed by hand."""
    db.session.commit()


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every SQL statement run inside."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
