"""No output that a victim can come to hold names where somebody is held, without a lead's release."""

from __future__ import annotations

import io
import json
import os
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import url_for
from pypdf import PdfReader
from sqlalchemy import select

from rj_engine import bpmn, clock
from rj_engine.cases.case import Case
from rj_engine.commands import dispatch
from rj_engine.database import db
from rj_engine.demonstration.journeys import JourneyBroken, Refusal, Staff, Stage, play, someone
from rj_engine.demonstration.telling import Journey
from rj_engine.forms import parse
from rj_engine.letters import letter, page
from rj_engine.letters.document import Document
from rj_engine.letters.files import KINDS
from rj_engine.letters.wall import WallCrossed
from rj_engine.letters.writing import LetterNotReady
from rj_engine.prisons import reference
from rj_engine.prisons.custody import Custody
from rj_engine.prisons.places import PlaceRecord, told_of
from rj_engine.workflows.post import letters, mail
from rj_engine.workflows.published import versions
from rj_engine.workflows.rows import Run, Task
from rj_engine.workflows.task import drafts
from rj_engine.workflows.task.correspondence import WriteLetter
from rj_engine.workflows.task.tasks import SaveDraft
from tests.browsing import signed_in
from tests.builders import kept
from tests.letters.canaries import HELD_AT, PRISON_NUMBER, close
from tests.pathways.journeys_told import every_journey
from tests.places import Product
from tests.prisons.test_the_four_cases import the_quarter

OUTPUTS = json.loads((Path(__file__).parent / "victim_outputs.json").read_text(encoding="utf-8"))
NAMED = "Zqheld"
"""How every place of the register is called here; nothing else is."""
CANARIES = [close(NAMED), close(HELD_AT), close(PRISON_NUMBER)]
WORDS = f"They are held in HMP {NAMED} MSI, {HELD_AT}, number {PRISON_NUMBER}."
EVERY = 1 if os.environ.get("RJ_FULL") else 25
JOURNEYS = list(every_journey())[::EVERY]
"""A fixed sample unless all are asked for: a variation differs from its neighbours in a step or two."""


def says(text: str) -> list[str]:
    """The canaries that stand in a text, however they are written."""
    shown = close(text)
    return [sign for sign in CANARIES if sign in shown]


@dataclass(frozen=True)
class Watching(Staff):
    """Staff who look at everything a task offers to anybody but the prison, with the place typed wherever one can."""

    leaks: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    to_prisons: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def complete(self, who: str, task_id: UUID, answers: Mapping[str, Any]) -> Refusal | None:
        """Look, then finish."""
        if _offers_any(task_id):
            by = someone(who)
            form = parse(bpmn.forms()[db.session().get_one(Task, task_id).form])
            free = {key: WORDS for key, each in form.fields.items() if each.type in {"textfield", "textarea"}}
            for typed in (answers, {**answers, **free}):
                dispatch(SaveDraft(command_id=uuid4(), by=by, task_id=task_id, values=typed))
                self._look(by, task_id)
        return super().complete(who, task_id, answers)

    def _look(self, by: Any, task_id: UUID) -> None:
        case = db.session().get_one(Case, db.session().get_one(Task, task_id).case_id)
        held = Custody(case_id=case.id, status="custody", establishment="other", began_at=clock.now())
        held.detail = {"other": HELD_AT, "number": PRISON_NUMBER}
        db.session.add(held)  # never kept: a case with nobody in custody is looked at as if somebody were
        db.session.flush()
        offers = drafts.offered(db.session(), by, task_id, clock.now())
        numbers = [offer.party.number if offer.party else None for offer in offers]
        db.session.rollback()
        for offer, number in zip(offers, numbers, strict=True):
            name = offer.letter.name
            if offer.letter.to == "prison":
                self.to_prisons.extend([offer.document.text] if offer.document else [])
                continue
            shown = [offer.problem or ""] if offer.document is None else self._each(name, offer.document)
            self.leaks.extend(f"{name}: {sign}" for text in shown for sign in says(text))
            self._write(by, task_id, name, number)

    def _each(self, name: str, document: Document) -> list[str]:
        """The letter as a page, and the first time it is met as every file it can be made as."""
        known = name in self.seen
        self.seen.add(name)
        files = [] if known else [as_text(kind, KINDS[kind].made(document)) for kind in KINDS]
        return [page.whole(document), document.text, *files]

    def _write(self, by: Any, task_id: UUID, name: str, number: int | None) -> None:
        """Words of one's own that name the place of a stay that is on record are not taken."""
        told = {"command_id": uuid4(), "by": by, "task_id": task_id, "letter": name, "number": number}
        case_id = db.session().get_one(Task, task_id).case_id
        if db.session().scalar(select(Custody.id).where(Custody.case_id == case_id, Custody.establishment == "MSI")):
            with suppress(WallCrossed, LetterNotReady):  # nor is a letter whose facts are still missing
                dispatch(WriteLetter(words=f"# A letter\n\n{WORDS}", **told))
                self.leaks.append(f"{name}: words of one's own")
            self.refused.append(name)


def _offers_any(task_id: UUID) -> bool:
    task = db.session().get_one(Task, task_id)
    published = versions.load(db.session(), db.session().get_one(Run, task.run_id).version_id)
    return bool(letters.drafts_of(published.definition.elements[task.element]))


def as_text(kind: str, made: bytes) -> str:
    """What somebody reads who opens the file."""
    if kind == "pdf":
        return "\n".join(each.extract_text() for each in PdfReader(io.BytesIO(made)).pages)
    return zipfile.ZipFile(io.BytesIO(made)).read("word/document.xml").decode()


@pytest.fixture(scope="module")
def place(furnished_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One product for all journeys, in which every place of the register is called a canary."""
    path = tmp_path_factory.mktemp("places") / "rj.sqlite"
    shutil.copy(furnished_sqlite, path)
    with Product.opened(f"sqlite:///{path}") as opened:
        lead = opened.actor("lead")
        for code, known in reference.establishments().items():
            told = {**told_of(known), "name": f"HMP {NAMED} {code}"}
            kept(
                PlaceRecord(
                    service_id=lead.service_id,
                    code=code,
                    told=told,
                    valid_from=date(2000, 1, 1),
                    recorded_at=clock.now(),
                )
            )
        yield opened


hands = Watching()


@pytest.mark.parametrize("journey", JOURNEYS, ids=[journey.title for journey in JOURNEYS])
def test_nothing_offered_on_the_way_names_the_place(place: Product, journey: Journey) -> None:
    with suppress(JourneyBroken):  # how far it comes is looked at with the journeys themselves
        play(journey, Stage(hands, checks=False))
    assert place.url
    assert hands.leaks == []


def test_the_four_cases_whose_prisons_were_asked_tell_nobody_of_the_place_but_the_prison(place: Product) -> None:
    with the_quarter(place, hands):
        assert hands.leaks == []
    assert hands.to_prisons, "the prison itself has letters"
    assert {"victim_no_news.md", "prison_chase_40.md"} & hands.seen


def test_no_page_of_those_who_may_not_know_names_a_place(place: Product) -> None:
    for endpoint, who in OUTPUTS["pages"].items():
        with place.app.test_request_context():
            address = url_for(endpoint)
        answer = signed_in(place, who).get(address)
        shown = as_text("pdf", answer.data) if answer.mimetype == "application/pdf" else answer.text
        assert says(shown) == [], endpoint
    assert NAMED in signed_in(place, "lead").get("/prisons").text, "whoever works with prisons is told"


def test_every_letter_is_on_the_list_and_only_a_prisons_own_may_name_it() -> None:
    known = {name: letter.read(name, text.decode()).to for name, text in bpmn.letters().items()}
    own = {name for name, to in known.items() if to == "prison"}
    assert sorted(known) == sorted(OUTPUTS["letters"] + OUTPUTS["letters_to_the_prison_itself"])
    assert own == set(OUTPUTS["letters_to_the_prison_itself"])
    assert list(KINDS) == OUTPUTS["letter_files"]


def test_every_page_that_opens_to_somebody_who_may_not_know_is_on_the_list(sqlite_product: Product) -> None:
    roles = bpmn.roles()["roles"].values()
    theirs = {"sign_in"}.union(*(role["verbs"] for role in roles if "see_custody" not in role["verbs"]))
    found = set()
    for rule in sqlite_product.app.url_map.iter_rules():
        view = sqlite_product.app.view_functions[rule.endpoint]
        verbs = {*getattr(view, "verbs", ()), getattr(view, "verb", None) or ""} - {""}
        if "GET" in (rule.methods or ()) and (not verbs or verbs & theirs):
            found.add(rule.endpoint)
    assert found == {*OUTPUTS["pages"], *OUTPUTS["pages_that_know_no_case"]}


def test_every_kind_of_e_mail_is_on_the_list_and_says_counts_and_a_link() -> None:
    written = {name for name in vars(mail) if name.endswith("words")}
    assert written == set(OUTPUTS["e_mails"])
