"""One e-mail a day: who wants it, once, with counts and a link and no word of any case; over SMTP and over Notify."""

from __future__ import annotations

import json
import socket
import threading
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import jwt
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from rj_engine import clock
from rj_engine.errors import Retry
from rj_engine.settings import SettingsRefused, from_environment
from rj_engine.workflows.post import digest, mail
from rj_engine.workflows.post.digest import ChooseDigest, ClaimDigest, Digest, Summary, Told
from rj_engine.workflows.rows import Task
from rj_engine.workflows.task.tasks import AssignTask
from tests.places import Product, settings_for
from tests.web.browsing import a_case, open_task

MORNING = datetime(2026, 11, 24, 7, 30, tzinfo=clock.LONDON)


class Pigeon:
    """Mail that is remembered; lame as often as asked."""

    def __init__(self, lame: int = 0) -> None:
        self.lame = lame
        self.carried: list[tuple[str, Any, str]] = []

    def send(self, to: str, summary: Told, reference: str) -> None:
        if self.lame:
            self.lame -= 1
            raise Retry
        self.carried.append((to, summary, reference))


def a_waiting_task(product: Product) -> str:
    """A task of the coordinator's, who wants the e-mail; the case's reference."""
    reference = a_case(product)
    task = open_task(product, reference).id
    product.do(AssignTask, "lead", task_id=task, to=product.actor("coordinator").id)
    product.do(ChooseDigest, "coordinator", wanted=True)
    return reference


def test_it_leaves_once_a_day_from_its_hour_on_to_who_wants_it(product: Product) -> None:
    a_waiting_task(product)
    pigeon = Pigeon()
    with clock.at(MORNING - timedelta(hours=1)):
        assert digest.send_due(pigeon, 7) == 0
    for later in (0, 1, 300):
        with clock.at(MORNING + timedelta(minutes=later)):
            digest.send_due(pigeon, 7)
    assert [to for to, _, _ in pigeon.carried] == ["coordinator@example.org"]
    assert pigeon.carried[0][1].notices == 1
    with clock.at(MORNING + timedelta(days=1)):
        assert digest.send_due(pigeon, 7) == 1
    assert len({reference for _, _, reference in pigeon.carried}) == 2


def test_nothing_leaves_on_a_day_on_which_nothing_waits_or_where_nobody_asked(sqlite_product: Product) -> None:
    sqlite_product.do(ChooseDigest, "lead", wanted=True)
    sqlite_product.do(ChooseDigest, "lead", wanted=True)
    a_case(sqlite_product)
    pigeon = Pigeon()
    with clock.at(MORNING):
        assert digest.send_due(pigeon, 7) == 0
    sqlite_product.do(ChooseDigest, "lead", wanted=False)
    sqlite_product.do(ChooseDigest, "lead", wanted=False)
    assert pigeon.carried == []


def test_a_mail_that_fails_is_tried_again_later_and_parked_after_eight_tries(sqlite_product: Product) -> None:
    a_waiting_task(sqlite_product)
    pigeon, moment = Pigeon(lame=1), MORNING
    with clock.at(moment):
        assert digest.send_due(pigeon, 7) == 0
        assert digest.send_due(pigeon, 7) == 0
    with clock.at(moment + timedelta(minutes=11)):
        assert digest.send_due(pigeon, 7) == 1
    pigeon.lame = 100
    for hours in range(24, 24 * 7, 6):
        with clock.at(MORNING + timedelta(hours=hours)):
            digest.send_due(pigeon, 25)
            digest.send_due(pigeon, 7)
    rows = sqlite_product.session.query(Digest).order_by(Digest.on).all()
    assert (rows[0].tries, rows[0].sent_at is None) == (2, False)
    assert (rows[1].tries, rows[1].parked_at is None) == (8, False)


def test_only_one_of_several_schedulers_sends_it(product: Product) -> None:
    a_waiting_task(product)
    with clock.at(MORNING):
        digest.send_due(Pigeon(lame=1), 7)
    row = product.session.query(Digest).one().id
    with clock.at(MORNING + timedelta(hours=1)):
        by = digest.the_clock(product.actor("lead").service_id, "deliver")
        claims = [
            digest.dispatch(ClaimDigest(command_id=uuid.uuid4(), by=by, digest_id=row))["claimed"] for _ in range(3)
        ]
    assert claims == [True, False, False]


class Box:
    """What a mail server got."""

    def __init__(self) -> None:
        self.got: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802, ARG002 - aiosmtpd's
        self.got.append(envelope)
        return "250 OK"


@pytest.fixture
def post_office() -> Iterator[tuple[Box, int]]:
    """A real mail server on this machine, which asks for a name and a password."""
    box = Box()

    def known(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"rj", b"secret words"))

    class Office(Controller):
        def factory(self) -> SMTP:
            return SMTP(self.handler, authenticator=known, auth_require_tls=False, enable_SMTPUTF8=True)

    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port = asked.getsockname()[1]
    office = Office(box, hostname="127.0.0.1", port=port)
    office.start()
    try:
        yield box, port
    finally:
        office.stop()


def smtp(port: int, **changes: Any) -> mail.Smtp:
    known = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "no", "smtp_user": "rj"}
    more = {"smtp_password": "secret words", "smtp_from": "rj@example.org", "site_address": "https://rj.example.org"}
    return mail.Smtp(settings_for("sqlite://", **{**known, **more, **changes}))


def test_a_real_mail_server_gets_counts_and_a_link_and_no_word_of_any_case(
    sqlite_product: Product, post_office: tuple[Box, int]
) -> None:
    reference = a_waiting_task(sqlite_product)
    name = sqlite_product.session.query(Task).filter_by(reference=reference).first()
    box, port = post_office
    with clock.at(MORNING):
        assert digest.send_due(smtp(port), 7) == 1
    (envelope,) = box.got
    told = envelope.content.decode()
    assert envelope.rcpt_tos == ["coordinator@example.org"]
    assert "1 notice is new." in told
    assert "https://rj.example.org/" in told
    assert "Message-ID: <" in told
    assert name is not None
    assert all(word not in told for word in (reference, name.name, "Cora", "Invented"))


@pytest.mark.parametrize(
    "changes", [{"smtp_password": "wrong"}, {"smtp_port": 1}, {"smtp_tls": "starttls"}, {"smtp_tls": "tls"}]
)
def test_a_server_that_refuses_or_offers_no_protection_gets_nothing(
    post_office: tuple[Box, int], changes: dict[str, Any]
) -> None:
    box, port = post_office
    with pytest.raises(mail.MailAway):
        smtp(**{"port": port, **changes}).send("a@example.org", Summary(1, 0, 0), "r")
    assert box.got == []


KEY = "rj-test-" + str(uuid.UUID(int=1)) + "-" + str(uuid.UUID(int=2))


class Notified(HTTPServer):
    """A server that speaks Notify's documented API for one address."""

    got: list[tuple[str, Any]]
    answers: int


class Desk(BaseHTTPRequestHandler):
    """POST /v2/notifications/email: a signed token of the service, a template, an address, personalisation."""

    server: Notified

    def do_POST(self) -> None:
        token = self.headers["Authorization"].removeprefix("Bearer ")
        claims = jwt.decode(token, str(uuid.UUID(int=2)), algorithms=["HS256"], options={"verify_iat": False})
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.got.append((claims["iss"], {"path": self.path, **body}))
        status = self.server.answers
        errors = {"status_code": status, "errors": [{"error": "BadRequestError", "message": "Can't send"}]}
        reply = {"id": str(uuid.uuid4()), "reference": body["reference"], "uri": "", "template": {}, "content": {}}
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(reply if status < 400 else errors).encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@pytest.fixture
def notified() -> Iterator[Notified]:
    server = Notified(("127.0.0.1", 0), Desk)
    server.got, server.answers = [], 201
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_notify_gets_the_template_the_counts_and_the_reference(notified: Notified) -> None:
    known = settings_for(
        "sqlite://",
        notify_key=KEY,
        notify_template="T1",
        notify_address=f"http://127.0.0.1:{notified.server_port}",
        site_address="https://rj.example.org",
    )
    way = mail.of(known)
    assert isinstance(way, mail.Notify)

    way.send("a@example.org", Summary(3, 2, 1), "ref1")

    ((service, told),) = notified.got
    assert service == str(uuid.UUID(int=1))
    assert told == {
        "path": "/v2/notifications/email",
        "email_address": "a@example.org",
        "template_id": "T1",
        "personalisation": {"overdue": 1, "due": 2, "notices": 3, "link": "https://rj.example.org"},
        "reference": "ref1",
    }
    notified.answers = 400
    with pytest.raises(mail.MailAway):
        way.send("a@example.org", Summary(1, 0, 0), "ref2")


def test_the_operator_chooses_the_way_or_none() -> None:
    assert mail.of(settings_for("sqlite://")) is None
    assert isinstance(mail.of(settings_for("sqlite://", smtp_host="x")), mail.Smtp)
    needed = {"RJ_DATABASE_URL": "sqlite://", "RJ_SECRET_KEY": "x" * 32, "RJ_DATA_KEYS": "1:" + "00" * 32}
    assert from_environment({**needed, "RJ_SMTP_TLS": "tls", "RJ_SMTP_PORT": "465"}).smtp_port == 465
    with pytest.raises(SettingsRefused):
        from_environment({**needed, "RJ_SMTP_TLS": "perhaps"})


def test_one_and_several_are_said_rightly() -> None:
    said = mail.words(Summary(1, 2, 0), "https://rj.example.org")
    assert "1 notice is new." in said
    assert "2 tasks are due today." in said
    assert "overdue" not in said
