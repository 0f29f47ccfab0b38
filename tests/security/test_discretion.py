"""Nothing that anybody said, and nobody's name, gets into logs, addresses, figures or error pages."""

from __future__ import annotations

import io
import logging
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from rj_engine import bpmn
from rj_engine.forms import parse as parse_form
from rj_engine.forms.form import Field
from rj_engine.web.page import logs
from rj_engine.web.page.logs import Discreet
from rj_engine.workflows.rows import Run, Task
from tests.answers import typical
from tests.places import Product
from tests.security.neighbourhood import Neighbourhood, Visitor, csrf_of, keep, sign_in
from tests.security.routes import routes

CANARY = "Zqxcanary"
NAMES = {"victim_name": f"{CANARY} Victim", "harmer_name": f"{CANARY} Harmer", "what_happened": f"{CANARY} story"}


class Heard(logging.Handler):
    """Every record, as the product would write it and as it was given."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(Discreet(logs.LINE))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record) + record.getMessage())


@pytest.fixture
def heard() -> Iterator[Heard]:
    """All that is logged, from INFO up."""
    root, handler = logging.getLogger(), Heard()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


@dataclass(frozen=True, slots=True)
class AtHand:
    """One open task, told apart from its row."""

    id: str
    form: str
    lane: str
    run: uuid.UUID

    @classmethod
    def of(cls, product: Product, task_id: str) -> AtHand:
        row = product.session.get_one(Task, uuid.UUID(task_id))
        return cls(task_id, row.form, row.lane, row.run_id)


def _ordinary(form_id: str) -> dict[str, Any]:
    """The answers of an ordinary day, the canary in every line of free text."""
    fields, answers = parse_form(bpmn.forms()[form_id]).fields, typical(form_id)
    spoken = [key for key, field in fields.items() if answers.get(key) and _is_free(field)]
    return {**answers, **{key: f"{CANARY} {key}"[: fields[key].limits.max_length or 200] for key in spoken}}


def _is_free(field: Field) -> bool:
    return field.type in {"textfield", "textarea"} and field.kind not in {"phone", "email", "phone_or_email"}


def test_a_case_is_worked_and_goes_wrong_without_a_word_in_the_log(sqlite_product: Product, heard: Heard) -> None:
    addresses: list[str] = []
    api, pages = sqlite_product.api("lead"), sign_in(sqlite_product, "lead")
    made = api.post("/referrals", answers={**_ordinary("referral"), **NAMES})
    assert made.status_code == 201, made.text
    reference, tasks, done = made.json["reference"], made.json["next_tasks"], 0
    while tasks and done < 8:
        task = AtHand.of(sqlite_product, tasks[0]["id"])
        addresses += _look_around(pages, reference, task)
        reply = _finish(sqlite_product, task)
        assert reply.status_code == 200, reply.text
        tasks, done = reply.json["next_tasks"], done + 1
    assert done >= 3
    _break(sqlite_product, pages, api, reference)

    assert heard.lines
    assert [line for line in heard.lines if CANARY in line] == []
    assert any("seal_broken" in line for line in heard.lines)
    assert [address for address in addresses if CANARY.lower() in address.lower()] == []
    assert CANARY not in sqlite_product.app.test_client().get("/metrics").text
    assert CANARY in pages.client.get(f"/cases/{reference}").text


def _finish(product: Product, task: AtHand) -> Any:
    """An ordinary day's answers, the canary in every line of free text."""
    who = task.lane if task.lane in {"facilitator", "coordinator"} else "lead"
    answers = _ordinary(task.form)
    known = str(product.actor("facilitator").id)
    chosen = {key: known if value == "staff:facilitator" else value for key, value in answers.items()}
    return product.api(who).post(f"/tasks/{task.id}/complete", answers=chosen)


def _look_around(pages: Visitor, reference: str, task: AtHand) -> list[str]:
    """Page through the case, draft, fail to send; the addresses gone to."""
    visited = [f"/cases/{reference}", f"/tasks/{task.id}", f"/cases?query={reference}"]
    for path in visited:
        pages.client.get(path)
    pages.knock("PUT", f"/tasks/{task.id}/draft", {"notes": CANARY})
    for body in ({"notes": CANARY}, {"notes": CANARY, "csrf_token": "wrong"}):
        reply = pages.knock("POST", f"/tasks/{task.id}", body)
        visited.append(reply.headers.get("Location", ""))
    return visited


def _break(product: Product, pages: Visitor, api: Any, reference: str) -> None:
    """The stored state is spoilt; a page and a program both run into it."""
    tasks = api.get(f"/cases/{reference}").json["tasks"]
    task = AtHand.of(product, tasks[0]["id"])
    product.session.execute(update(Run).where(Run.id == task.run).values(state_sealed=b"\x01" + bytes(60)))
    keep(product)
    reply = _finish(product, task)
    assert reply.status_code in {409, 500}
    assert CANARY not in reply.text
    retried = pages.client.get("/problems")
    assert CANARY not in retried.text


def test_an_error_nobody_foresaw_is_logged_by_its_place_and_not_by_its_words(
    furnished_sqlite: Path, heard: Heard
) -> None:
    with Product.opened(f"sqlite:///{furnished_sqlite}") as product:  # nothing is written
        for path in ("/bang", "/api/v1/bang"):
            product.app.add_url_rule(path, path, _bang)
        for path in ("/bang", "/api/v1/bang"):
            reply = product.app.test_client().get(path)
            assert reply.status_code == 500
            assert CANARY not in reply.text
    assert sum("RuntimeError" in line and "_bang" in line for line in heard.lines) == 2
    assert [line for line in heard.lines if CANARY in line] == []


def _bang() -> str:
    try:
        int(CANARY)
    except ValueError as error:
        raise RuntimeError(f"the answers were {CANARY}") from error
    return CANARY


_bang.verb = ""  # type: ignore[attr-defined]  # open to all, as `public` would mark it


def test_the_log_of_an_app_is_discreet_from_its_first_line(furnished_sqlite: Path) -> None:
    with Product.opened(f"sqlite:///{furnished_sqlite}"):
        ours = [handler for handler in logging.getLogger().handlers if type(handler).__name__ == "_OneHandler"]
        assert len(ours) == 1
        assert isinstance(ours[0].formatter, Discreet)


def test_a_traceback_tells_causes_and_places() -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(Discreet(logs.LINE))
    logger = logging.getLogger("rj_engine.test_discretion")
    logger.propagate = False
    logger.addHandler(handler)
    try:
        _bang()
    except RuntimeError:
        logger.exception("broken", extra={"code": "broken", "context": {"element": "intake/screen"}})
    written = out.getvalue()

    assert "ERROR rj_engine.test_discretion: broken code=broken context={'element': 'intake/screen'}" in written
    assert written.index("ValueError") < written.index("RuntimeError")
    assert "test_discretion.py" in written
    assert CANARY not in written


def test_a_wrong_password_and_an_address_tried_are_not_logged(sqlite_product: Product, heard: Heard) -> None:
    client = sqlite_product.app.test_client()
    form = {"email": f"{CANARY}@example.org", "password": CANARY, "csrf_token": csrf_of(client)}
    for _ in range(12):
        client.post("/sign-in", data=form)
    assert [line for line in heard.lines if CANARY in line] == []


def test_no_address_of_ours_names_a_person_or_carries_an_answer(neighbourhood: Neighbourhood) -> None:
    named = {name for route in routes(neighbourhood.product.app) for name in route.arguments}
    ids = {"task_id", "incident_id", "staff_id", "outbox_id", "draft_id", "migration_id", "trial_id", "person", "note"}
    of_data = {"run", "name", "key", "number", "event", "code", "checksum", "process", "element"}
    sealed = {"asked"}
    assert named == {"reference"} | ids | of_data | sealed


def test_an_error_page_tells_nothing_of_the_case(neighbourhood: Neighbourhood) -> None:
    known = neighbourhood.cases["other service"]
    for role in ("facilitator", "commissioner"):
        for path in (f"/cases/{known.reference}", f"/tasks/{known.task}", f"/api/v1/cases/{known.reference}"):
            page = neighbourhood.visitors[role].knock("GET", path, {}).text
            assert [word for word in ("Alder", "Hazel", "ordinary case", "Sky") if word in page] == []
