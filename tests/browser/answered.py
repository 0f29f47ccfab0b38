"""Every page that is shown only in answer to something sent: a form with what is wrong in it, a refusal, an outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from rj_engine.workflows.rows import Task
from rj_engine.workflows.studio.rows import PathwayDraft
from rj_engine.workflows.task.tasks import CompleteTask, SaveDraft
from tests.browser import pages
from tests.places import Product
from tests.web.browsing import a_case, open_task, posted, typical

PROGRAM: Final = b"MZ\x90\x00" + bytes(60)


@dataclass(frozen=True)
class Sent:
    """One form as it is sent: to where, what, and the status and template of the page that answers."""

    path: str
    status: int
    template: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    file: tuple[str, bytes] | None = None
    """Field and content of a file that goes with it."""
    answers: str = ""
    """Under which name the form is known whose typical answers are sent as well."""
    forged: bool = False
    """Without the token of a page of ours."""


def sent(path: str, status: int, template: str, **fields: Any) -> Sent:
    """A form with these fields."""
    return Sent(path, status, template, fields)


ANSWERED: Final[Mapping[str, tuple[Sent, ...]]] = {
    pages.EVERYBODY: (
        sent("/sign-in", 401, "sign_in/form.html", email="a@example.org", password="wrong"),
        sent("/refer", 401, "errors/signed_out.html", victim_name="Alex Invented"),
        Sent("/sign-in", 400, "errors/page.html", {"email": "a@example.org"}, forged=True),
    ),
    "facilitator": (
        sent("/tasks/{task}", 422, "tasks/task.html", action="complete"),
        Sent("/tasks/{task}", 200, "tasks/check.html", {"action": "check"}, answers="form_of_task"),
        sent("/tasks/{task}", 422, "tasks/task.html", action="until"),
        sent("/tasks/bulk", 422, "inbox/queue.html", do="claim"),
        sent("/tasks/bulk", 422, "inbox/queue.html", do="due", task="{task}"),
        sent("/tasks/bulk", 200, "inbox/outcome.html", do="claim", task="{lost}"),
        sent("/cases/{reference}/contacts/{victim}", 422, "cases/contact.html"),
        sent("/cases/{reference}/contacts/{victim}", 422, "cases/contact.html", promise_when="other"),
        sent("/cases/{reference}/events/complaint", 422, "events/form.html"),
        sent("/cases/{reference}/withdraw", 422, "cases/withdraw.html", words="They rang."),
        sent("/cases/{reference}/documents", 422, "documents/list.html"),
        Sent("/cases/{reference}/documents", 422, "documents/list.html", {"whose": "service"}, ("file", PROGRAM)),
        sent("/cases/{reference}/notes", 422, "errors/page.html", words=""),
        sent("/cases/{reference}/links", 404, "errors/page.html", other="RJ-NOSUCH", reason="The same street"),
        sent("/away", 422, "people/away.html"),
        sent("/conflicts", 422, "people/conflicts.html", reference="RJ-NOSUCH"),
        sent("/keyboard", 422, "people/keyboard.html", home="h", tasks="h"),
        sent("/people/me", 422, "people/me.html", present="wrong", password="short"),
        sent("/people/new", 403, "errors/page.html", name="Somebody"),
        sent(pages.LETTER + "/sent?to=1", 422, "letters/letter.html"),
        Sent("/cases/{reference}/notes", 400, "errors/page.html", {"words": "Kept on the page"}, forged=True),
    ),
    "coordinator": (
        sent("/refer", 422, "refer/form.html"),
        sent("/refer", 200, "refer/known_already.html", **posted("referral", victim_name="Katazina Inventid")),
        sent("/refer/{reference}/victims", 422, "refer/another.html"),
        sent("/tasks/{finished}/changes", 422, "tasks/amend.html"),
        sent("/tasks/{lost}", 409, "tasks/finished.html", action="complete"),
    ),
    "lead": (
        sent("/caseloads/{colleague}", 422, "caseloads/caseload.html"),
        sent("/caseloads/{colleague}", 200, "caseloads/outcome.html", to="{untrained}", reason="They are ill"),
        sent("/training/{colleague}", 422, "training/form.html"),
        sent("/prisons/moves", 422, "prisons/board.html"),
        sent("/prisons/moves", 422, "prisons/outcome.html", action="chase", request="{no_request}"),
        sent("/prisons/places/MSI/contacts", 422, "prisons/place.html"),
        sent("/cases/{held}/release-place", 422, "prisons/history.html"),
    ),
    "service_manager": (
        sent("/studio/drafts/{draft}/submit", 422, "studio/draft.html", stands_from="never"),
        Sent("/studio/drafts/{draft}/import", 422, "studio/draft.html", {"edition": "{edition}"}, ("file", PROGRAM)),
        sent("/studio/drafts/{draft}/compare/complaint.bpmn", 200, "studio/compare.html", text="Mine"),
    ),
    "administrator": (sent("/people/new", 422, "people/person.html", name="Somebody"),),
    "safeguarding_lead": (sent("/decisions/" + pages.GATE + "/{checksum}", 422, "decisions/decision.html"),),
}


def furnished(product: Product) -> dict[str, object]:
    """What `pages.furnished` has, and a task that a colleague finished while somebody else was typing."""
    known = pages.furnished(product)
    lost = open_task(product, a_case(product))
    answers = typical(lost.form)
    product.do(SaveDraft, "coordinator", task_id=lost.id, values={key: f"{text} too" for key, text in _texts(answers)})
    product.do(CompleteTask, "lead", task_id=lost.id, answers=answers)
    more = {
        "edition": product.session.get_one(PathwayDraft, known["draft"]).edition,
        "form_of_task": product.session.get_one(Task, known["task"]).form,
    }
    untrained = product.actor("coordinator").id
    return {**known, **more, "lost": lost.id, "untrained": untrained, "no_request": UUID(int=7)}


def _texts(answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(key, text) for key, text in answers.items() if isinstance(text, str)]
