"""How the daily and the weekly e-mail leave: through a mail server of the service's, or through GOV.UK Notify."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import asdict
from email.message import EmailMessage
from typing import Any, Final, cast

from notifications_python_client.errors import HTTPError, InvalidResponse
from notifications_python_client.notifications import NotificationsAPIClient

from rj_engine.errors import Retry
from rj_engine.settings import Settings
from rj_engine.workflows.post.digest import Mail, Summary, Told
from rj_engine.workflows.post.weekly import Week

PATIENCE: Final = 20
"""Seconds for a server to answer."""
SUBJECTS: Final = {"daily": "Your tasks today", "weekly": "Prisons this week"}


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


def weekly_words(week: Week, address: str) -> str:
    """The whole message of a week: counts and a link."""
    lines = [
        _count(week.waiting, "request waits for a prison", "requests wait for a prison"),
        _count(week.faults, "would wait for ever: our fault", "would wait for ever: our fault"),
        _count(week.ours, "waits for us", "wait for us"),
        _count(week.broken_promises, "promised day has passed", "promised days have passed"),
        _count(week.untold, "victim has heard nothing for long", "victims have heard nothing for long"),
        _count(week.stalled, "has waited long", "have waited long"),
    ]
    told = "\n".join(line for line in lines if line)
    choice = "You chose to get this e-mail once a week. To stop it, or to choose another day, open the same page."
    return f"Good morning,\n\n{told}\n\nSign in to see them:\n{address}/prisons/week\n\n{choice}\n"


def message(told: Told, address: str) -> str:
    """What an e-mail of either kind says."""
    return weekly_words(told, address) if isinstance(told, Week) else words(cast("Summary", told), address)


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}." if number else ""


class Smtp:
    """A mail server that speaks SMTP; `starttls`, `tls` from the first byte, or `no` for one on the same machine.

    Its certificate has to be vouched for: by what the machine trusts, or by `smtp_ca_file` alone where that is set.
    """

    def __init__(self, settings: Settings) -> None:
        """Host, port, sender and, where the server asks for them, user and password."""
        self.settings = settings

    def send(self, to: str, summary: Told, reference: str) -> None:
        """Hand one message over; the same reference is the same Message-ID."""
        known = self.settings
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = known.smtp_from, to, SUBJECTS[summary.kind]
        letter["Message-ID"] = f"<{reference}@{known.smtp_from.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(message(summary, known.site_address))
        try:
            with self._connected() as server:
                if known.smtp_user:
                    server.login(known.smtp_user, known.smtp_password)
                server.send_message(letter)
        except (OSError, smtplib.SMTPException) as error:
            raise MailAway(error=type(error).__name__) from error

    def _connected(self) -> smtplib.SMTP:
        known, trust = self.settings, ssl.create_default_context(cafile=self.settings.smtp_ca_file or None)
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
    """GOV.UK Notify, through its own client; the service's templates show the counts by name, and `link`."""

    def __init__(self, settings: Settings) -> None:
        """The key and the templates' ids."""
        self.settings = settings

    def send(self, to: str, summary: Told, reference: str) -> None:
        """Hand one message over; Notify keeps the reference beside it."""
        known = self.settings
        is_weekly = isinstance(summary, Week)
        template = known.notify_weekly_template if is_weekly else known.notify_template
        path = "/prisons/week" if is_weekly else ""
        told = {**asdict(cast("Week | Summary", summary)), "link": f"{known.site_address}{path}"}
        client: Any = NotificationsAPIClient(known.notify_key, base_url=known.notify_address, timeout=PATIENCE)  # type: ignore[no-untyped-call]  # the client ships without types
        try:
            client.send_email_notification(to, template, personalisation=told, reference=reference)
        except (HTTPError, InvalidResponse) as error:
            raise MailAway(error=type(error).__name__) from error
        finally:
            client.request_session.close()
