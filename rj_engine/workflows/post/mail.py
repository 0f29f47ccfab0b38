"""How the daily e-mail leaves: through a mail server of the service's, or through GOV.UK Notify."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from typing import Any, Final

from notifications_python_client.errors import HTTPError, InvalidResponse
from notifications_python_client.notifications import NotificationsAPIClient

from rj_engine.errors import Retry
from rj_engine.settings import Settings
from rj_engine.workflows.post.digest import Mail, Summary

PATIENCE: Final = 20
"""Seconds for a server to answer."""
SUBJECT: Final = "Your tasks today"


class MailAway(Retry):
    """The e-mail server cannot be reached, or does not take the message."""

    code = "mail_away"


def of(settings: Settings) -> Mail | None:
    """The way that the operator chose; none where nothing is set."""
    if settings.notify_key:
        return Notify(settings)
    return Smtp(settings) if settings.smtp_host else None


def words(summary: Summary, address: str) -> str:
    """The whole message: counts and a link."""
    lines = [
        _count(summary.overdue, "task is overdue", "tasks are overdue"),
        _count(summary.due, "task is due today", "tasks are due today"),
        _count(summary.notices, "notice is new", "notices are new"),
    ]
    told = "\n".join(line for line in lines if line)
    choice = "You chose to get this e-mail once a day. To stop it, change your choice on the page of notices:"
    return f"Good morning,\n\n{told}\n\nSign in to see them:\n{address}/\n\n{choice}\n{address}/notices\n"


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}." if number else ""


class Smtp:
    """A mail server that speaks SMTP; `starttls`, `tls` from the first byte, or `no` for one on the same machine."""

    def __init__(self, settings: Settings) -> None:
        """Host, port, sender and, where the server asks for them, user and password."""
        self.settings = settings

    def send(self, to: str, summary: Summary, reference: str) -> None:
        """Hand one message over; the same reference is the same Message-ID."""
        known = self.settings
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = known.smtp_from, to, SUBJECT
        message["Message-ID"] = f"<{reference}@{known.smtp_from.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(words(summary, known.site_address))
        try:
            with self._connected() as server:
                if known.smtp_user:
                    server.login(known.smtp_user, known.smtp_password)
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            raise MailAway(error=type(error).__name__) from error

    def _connected(self) -> smtplib.SMTP:
        known, trust = self.settings, ssl.create_default_context()
        if known.smtp_tls == "tls":
            return smtplib.SMTP_SSL(known.smtp_host, known.smtp_port, timeout=PATIENCE, context=trust)
        server = smtplib.SMTP(known.smtp_host, known.smtp_port, timeout=PATIENCE)
        try:
            if known.smtp_tls == "starttls":
                server.starttls(context=trust)
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
        return server


class Notify:
    """GOV.UK Notify, through its own client; the service's template shows `overdue`, `due`, `notices`, `link`."""

    def __init__(self, settings: Settings) -> None:
        """The key and the template's id."""
        self.settings = settings

    def send(self, to: str, summary: Summary, reference: str) -> None:
        """Hand one message over; Notify keeps the reference beside it."""
        known = self.settings
        told = {"overdue": summary.overdue, "due": summary.due, "notices": summary.notices, "link": known.site_address}
        client: Any = NotificationsAPIClient(known.notify_key, base_url=known.notify_address, timeout=PATIENCE)  # type: ignore[no-untyped-call]  # the client ships without types
        try:
            client.send_email_notification(to, known.notify_template, personalisation=told, reference=reference)
        except (HTTPError, InvalidResponse) as error:
            raise MailAway(error=type(error).__name__) from error
        finally:
            client.request_session.close()
