"""Mail leaves over an encrypted connection to a server that proves who it is, and over no other."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from rj_engine.settings import SettingsRefused, from_environment
from rj_engine.workflows.post import mail
from rj_engine.workflows.post.digest import Summary
from tests.places import settings_for

HOST = "127.0.0.1"
NEEDED = {"RJ_DATABASE_URL": "sqlite://", "RJ_SECRET_KEY": "k" * 32, "RJ_DATA_KEYS": "1:" + "ab" * 32}
Opening = Callable[[str, bool], int]


class Box:
    """What a mail server got, and whether it came encrypted."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bool]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's
        encrypted = session.ssl is not None or server.transport.get_extra_info("sslcontext") is not None
        self.got.append((envelope.rcpt_tos[0], encrypted))
        return "250 OK"


class Office(Controller):
    """A mail server that takes nothing in clear."""

    def __init__(self, box: Box, port: int, tls: ssl.SSLContext, *, at_once: bool) -> None:
        self.later = None if at_once else tls
        super().__init__(box, hostname=HOST, port=port, ssl_context=tls if at_once else None)

    def factory(self) -> SMTP:
        return SMTP(self.handler, tls_context=self.later, require_starttls=self.later is not None)

    def _trigger_server(self) -> None:
        """Knock in plain TCP: the library would knock with the server's own keys, which are no client's."""
        socket.create_connection((self.hostname, self.port), timeout=5).close()


def a_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A key and a certificate for this machine that vouches for itself, both in files."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / f"{name}.pem", folder / f"{name}.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, private


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    return a_certificate(tmp_path, "post-office")


@pytest.fixture(params=["starttls", "tls"])
def post_office(request: pytest.FixtureRequest, certificate: tuple[Path, Path]) -> Iterator[tuple[Box, str, int]]:
    """A real mail server on this machine, encrypted from the first byte or from STARTTLS on."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*certificate)
    with socket.socket() as asked:
        asked.bind((HOST, 0))
        port = asked.getsockname()[1]
    box = Box()
    office = Office(box, port, tls, at_once=request.param == "tls")
    office.start()
    yield box, request.param, port
    office.stop()


def sending(way: str, port: int, trusted: Path | str) -> mail.Smtp:
    known = {"smtp_host": HOST, "smtp_port": port, "smtp_tls": way, "smtp_ca_file": str(trusted)}
    return mail.Smtp(settings_for("sqlite://", smtp_from="rj@example.org", **known))


def test_mail_leaves_encrypted_to_a_server_whose_certificate_is_trusted(
    post_office: tuple[Box, str, int], certificate: tuple[Path, Path]
) -> None:
    box, way, port = post_office

    sending(way, port, certificate[0]).send("a@example.org", Summary(1, 0, 0), "r")

    assert box.got == [("a@example.org", True)]


@pytest.mark.parametrize("whose", ["nobody's", "another's"])
def test_no_mail_leaves_to_a_server_whose_certificate_nobody_trusts(
    post_office: tuple[Box, str, int], tmp_path: Path, whose: str
) -> None:
    box, way, port = post_office
    trusted = a_certificate(tmp_path, "another")[0] if whose == "another's" else ""

    with pytest.raises(mail.MailAway) as refusal:
        sending(way, port, trusted).send("a@example.org", Summary(1, 0, 0), "r")

    assert refusal.value.context == {"error": "SSLCertVerificationError"}
    assert box.got == []


def test_a_file_of_trusted_certificates_that_is_not_there_is_refused_at_the_start(tmp_path: Path) -> None:
    there = a_certificate(tmp_path, "there")[0]

    assert from_environment({**NEEDED, "RJ_SMTP_CA_FILE": str(there)}).smtp_ca_file == str(there)
    with pytest.raises(SettingsRefused, match="RJ_SMTP_CA_FILE"):
        from_environment({**NEEDED, "RJ_SMTP_CA_FILE": str(tmp_path / "gone.pem")})
