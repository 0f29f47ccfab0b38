"""The one table from error to HTTP status, for pages and API alike."""

from __future__ import annotations

from typing import Final

from rj_engine.cases.case import CaseFrozen, NotFound
from rj_engine.commands import NotAllowed
from rj_engine.errors import Broken, Refused, Retry, RjError
from rj_engine.forms import InvalidAnswers
from rj_engine.people.competence import NoSuchPerson
from rj_engine.people.sign_in import SignInRefused
from rj_engine.risk.gate import ContactBlocked
from rj_engine.workflows.beside.withdrawals import CaseClosed
from rj_engine.workflows.studio.drafting import DraftClosed, DraftMoved
from rj_engine.workflows.task.tasks import TaskGone, TaskTaken

STATUSES: Final[tuple[tuple[type[RjError], int], ...]] = (
    (InvalidAnswers, 422),
    (TaskGone, 409),
    (TaskTaken, 409),
    (CaseFrozen, 409),
    (CaseClosed, 409),
    (ContactBlocked, 409),
    (DraftMoved, 409),
    (DraftClosed, 409),
    (NotFound, 404),
    (NoSuchPerson, 404),
    (NotAllowed, 403),
    (SignInRefused, 422),
    (Refused, 422),
    (Retry, 503),
    (Broken, 500),
)
RETRY_AFTER_SECONDS: Final = 5


def status_of(error: RjError) -> int:
    """The first row that fits, most particular first."""
    return next(status for kind, status in STATUSES if isinstance(error, kind))
