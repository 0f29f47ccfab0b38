"""A letter's own words: checked at the wall, read by a second person, made, sent and noted."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import docx
import pytest

from rj_engine import clock, ledger
from rj_engine.cases.case import Case, find, parties
from rj_engine.database import db
from rj_engine.letters.wall import WallCrossed
from rj_engine.letters.words import NoTitle, TooLong
from rj_engine.workflows.task import drafts
from rj_engine.workflows.task.correspondence import (
    NothingToRead,
    ReadLetter,
    RecordLetterSent,
    SayWhatToChange,
    SomebodyElseReads,
    WhenAndHow,
    WriteLetter,
)
from rj_engine.workflows.task.drafts import ProduceLetter, SecondReaderNeeded
from rj_engine.workflows.task.tasks import NotYourLane
from tests.places import Product
from tests.security.neighbourhood import Known, a_case
from tests.web.browsing import a_browser, words

NAME = "victim_introduction.md"
WORDS = "# Shall we talk?\n\nDear friend,\n\nI can come **on Monday**.\n\n- at ten\n- or at two"


def do(product: Product, kind: type[Any], who: str, known: Known, **parts: Any) -> None:
    product.do(kind, who, task_id=known.task, letter=NAME, number=1, **parts)


def text_of(product: Product, known: Known, who: str = "lead") -> str:
    looked = drafts.look_at(product.session, product.actor(who), known.task, NAME, 1, clock.now())
    return looked[1].text


def test_changed_words_are_read_by_a_second_person_before_the_letter_is_made(product: Product) -> None:
    known = a_case(product)
    do(product, WriteLetter, "facilitator", known, words=WORDS)
    assert "I can come on Monday." in text_of(product, known)
    with pytest.raises(SecondReaderNeeded):
        do(product, ProduceLetter, "facilitator", known, file="pdf")
    with pytest.raises(SecondReaderNeeded):
        do(product, RecordLetterSent, "facilitator", known, how="handed", sent_on=clock.today())
    with pytest.raises(SomebodyElseReads):
        do(product, ReadLetter, "facilitator", known, verdict="pass")
    with pytest.raises(SayWhatToChange):
        do(product, ReadLetter, "lead", known, verdict="change", note=" ")
    do(product, ReadLetter, "lead", known, verdict="change", note="Say which Monday")
    with pytest.raises(SecondReaderNeeded):
        do(product, ProduceLetter, "facilitator", known, file="pdf")

    do(product, ReadLetter, "lead", known, verdict="pass")
    do(product, ProduceLetter, "facilitator", known, file="pdf")
    do(product, RecordLetterSent, "facilitator", known, how="handed", sent_on=clock.today())

    case = find(product.session, product.actor("lead"), known.reference)
    letters = [entry for entry in ledger.read(product.session, case.id) if entry.tag.startswith("case:letter:")]
    assert [entry.tag.rpartition(":")[2] for entry in letters] == ["written", "read", "read", "produced", "sent"]
    assert "Monday" not in str([entry.detail for entry in letters])


def test_words_changed_again_have_to_be_read_again_and_the_first_come_back(sqlite_product: Product) -> None:
    known = a_case(sqlite_product)
    before = text_of(sqlite_product, known)
    do(sqlite_product, WriteLetter, "facilitator", known, words=WORDS)
    do(sqlite_product, ReadLetter, "lead", known, verdict="pass")
    do(sqlite_product, WriteLetter, "facilitator", known, words=WORDS + "\n\nOne more line.")
    with pytest.raises(SecondReaderNeeded):
        do(sqlite_product, ProduceLetter, "facilitator", known, file="docx")
    do(sqlite_product, WriteLetter, "facilitator", known, words="")
    assert text_of(sqlite_product, known) == before
    do(sqlite_product, ProduceLetter, "facilitator", known, file="docx")
    with pytest.raises(NothingToRead):
        do(sqlite_product, ReadLetter, "lead", known, verdict="pass")


def test_own_words_cannot_name_the_other_side(sqlite_product: Product) -> None:
    known = a_case(sqlite_product)
    case = find(sqlite_product.session, sqlite_product.actor("lead"), known.reference)
    others = [party.name for party in parties(sqlite_product.session, case) if party.wall == "H"]
    for said in (others[0], others[0].split()[0].upper()):
        with pytest.raises(WallCrossed):
            do(sqlite_product, WriteLetter, "facilitator", known, words=f"{WORDS}\n\n{said} would come too.")


@pytest.mark.parametrize(("said", "refusal"), [("No title", NoTitle), ("# T\n\n" + "x" * 20001, TooLong)])
def test_own_words_have_a_title_and_an_end(sqlite_product: Product, said: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        do(sqlite_product, WriteLetter, "facilitator", a_case(sqlite_product), words=said)


def test_only_who_works_the_task_writes_and_a_letter_is_sent_on_a_day_that_was(sqlite_product: Product) -> None:
    known = a_case(sqlite_product)
    with pytest.raises(NotYourLane):
        do(sqlite_product, WriteLetter, "coordinator", known, words=WORDS)
    for how, on in (("pigeon", clock.today()), ("post", None), ("post", clock.today() + timedelta(days=1))):
        with pytest.raises(WhenAndHow):
            do(sqlite_product, RecordLetterSent, "facilitator", known, how=how, sent_on=on)


def test_what_was_sent_by_post_against_their_wish_is_on_record(sqlite_product: Product) -> None:
    known = a_case(sqlite_product)
    do(sqlite_product, RecordLetterSent, "facilitator", known, how="post", sent_on=clock.today())
    case = sqlite_product.session.query(Case).filter_by(reference=known.reference).one()
    entry = ledger.read(sqlite_product.session, case.id)[-1]
    assert (entry.tag, entry.detail["unsafe"]) == ("case:letter:sent", True)


def test_the_pages_keep_what_was_typed_and_show_who_read_and_sent(sqlite_product: Product) -> None:
    known = a_case(sqlite_product)
    path = f"/tasks/{known.task}/letters/{NAME}"
    mine, lead = a_browser(sqlite_product, "facilitator"), a_browser(sqlite_product, "lead")
    assert "# I would like to talk with you" in mine.get(f"{path}/words?to=1").text
    wrong = mine.post(f"{path}/words?to=1", path, words="No title <b>")
    assert wrong.status_code == 422
    assert "No title &lt;b&gt;" in wrong.text
    assert mine.post(f"{path}/words?to=1", path, words=WORDS).status_code == 302
    assert "Ask a colleague" in mine.get(f"{path}?to=1").text
    assert lead.post(f"{path}/read?to=1", path, verdict="change").status_code == 422
    assert lead.post(f"{path}/read?to=1", path, verdict="pass").status_code == 302
    today = clock.today()
    assert mine.post(f"{path}/sent?to=1", path, how="", **{"on-day": "1"}).status_code == 422
    on = {"on-day": str(today.day), "on-month": str(today.month), "on-year": str(today.year)}
    assert mine.post(f"{path}/sent?to=1", path, how="handed", **on).status_code == 302
    shown = words(mine.get(f"{path}?to=1").text)
    assert "they may go" in shown
    assert "handed over. Recorded by" in shown
    made = docx.Document(io.BytesIO(mine.post(f"{path}?to=1", path, **{"as": "docx"}).data))
    assert "Shall we talk?" in [each.text for each in made.paragraphs]
    assert mine.post(f"{path}/envelope?to=1", path).status_code == 422


def test_an_envelope_holds_an_address_and_nothing_of_ours(sqlite_product: Product) -> None:
    known = a_case(sqlite_product)
    case = find(sqlite_product.session, sqlite_product.actor("lead"), known.reference)
    victim = next(party for party in parties(sqlite_product.session, case) if party.wall == "V")
    victim.contact = {**victim.contact, "safe_contact_channels": ["post"], "victim_address": "12 Elm Road\nZZ1 1ZZ"}
    db.session.commit()
    path = f"/tasks/{known.task}/letters/{NAME}"
    reply = a_browser(sqlite_product, "facilitator").post(f"{path}/envelope?to=1", path)
    from pypdf import PdfReader

    sheet = PdfReader(io.BytesIO(reply.data))
    assert len(sheet.pages) == 1
    told = sheet.pages[0].extract_text()
    assert "12 Elm Road" in told
    assert "Restorative" not in told + str(sheet.metadata)
