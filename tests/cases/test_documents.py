"""Documents of a case: known by what they hold, made anew, sealed, on one side, opened on record, or refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import docx
import pytest
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import text

from rj_engine import ledger
from rj_engine.cases import documents
from rj_engine.cases.case import NotFound, find, parties
from rj_engine.cases.documents import AddDocument, OpenDocument, RemoveDocument, WhoseIsIt, WhyIsItTakenAway, called
from rj_engine.cases.papers import reading
from rj_engine.cases.papers.paper import PaperRefused
from rj_engine.commands import NotAllowed
from tests.cases import papers
from tests.cases.papers import HOSTILE, MAKER
from tests.places import Product
from tests.web.browsing import Browser, a_browser, a_case

LARGEST = 10_000_000


@pytest.mark.parametrize("name", HOSTILE)
def test_what_could_harm_or_cannot_be_opened_is_refused_in_words(name: str) -> None:
    with pytest.raises(PaperRefused) as refusal:
        reading.read(HOSTILE[name], LARGEST)
    assert refusal.value.sentence.endswith(".")
    assert "Traceback" not in refusal.value.sentence


def test_a_document_that_unpacks_to_far_more_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(PaperRefused, match="unpacks to far more"):
        reading.read(papers.a_bomb(), LARGEST)


def test_a_file_larger_than_the_limit_is_refused() -> None:
    with pytest.raises(PaperRefused, match="larger than 1 MB"):
        reading.read(b"a" * 1_000_001, 1_000_000)


@pytest.mark.parametrize(("form", "kind"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")])
def test_a_photograph_tells_neither_who_nor_where(form: str, kind: str) -> None:
    before = papers.a_picture(form)
    assert MAKER.encode() in before

    kept = reading.read(before + b"<script>hidden tail</script>", LARGEST)

    assert kept.kind == kind
    assert MAKER.encode() not in kept.body
    assert b"<script>" not in kept.body
    with Image.open(io.BytesIO(kept.body)) as picture:
        assert (picture.size, dict(picture.getexif())) == ((40, 30), {})


def test_a_pdf_keeps_its_pages_and_forgets_its_author_its_scripts_and_what_it_carried() -> None:
    before = papers.a_pdf(acts=True)

    kept = reading.read(before + b"\n<html><script>x</script>", LARGEST)

    assert kept.kind == "pdf"
    assert len(PdfReader(io.BytesIO(kept.body)).pages) == 1
    for word in (MAKER.encode(), b"JavaScript", b"EmbeddedFile", b"<script>", b"/AA"):
        assert word not in kept.body


def test_a_word_document_keeps_its_words_and_forgets_its_author() -> None:
    kept = reading.read(papers.a_word_document(), LARGEST)

    file = docx.Document(io.BytesIO(kept.body))
    assert file.paragraphs[0].text == "What I remember of that evening."
    with zipfile.ZipFile(io.BytesIO(kept.body)) as package:
        assert all(MAKER.encode() not in package.read(name) for name in package.namelist())
        assert not [name for name in package.namelist() if name.startswith(("docProps/app", "docProps/thumb"))]


def test_an_open_document_keeps_its_words_alone() -> None:
    kept = reading.read(papers.an_open_document(Pictures__a_dot_png=b"x"), LARGEST)

    with zipfile.ZipFile(io.BytesIO(kept.body)) as package:
        assert package.namelist()[0] == "mimetype"
        assert set(package.namelist()) == {
            "mimetype",
            "content.xml",
            "meta.xml",
            "META-INF/manifest.xml",
            "Pictures/a.png",
        }
        assert all(MAKER.encode() not in package.read(name) for name in package.namelist())
        assert b"Object 1" not in package.read("META-INF/manifest.xml")


@pytest.mark.parametrize("body", ["Café “said”".encode(), "Café".encode("utf-16"), "Caf\xe9".encode("cp1252")])
def test_plain_words_are_kept_in_one_way_of_writing(body: bytes) -> None:
    kept = reading.read(body, LARGEST)
    assert kept.kind == "txt"
    assert kept.body.decode().startswith("Café")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("C:\\Users\\somebody\\statement.pdf", "statement"),
        ("../../etc/passwd", "passwd"),
        ("photo.jpg.exe", "photo"),
        ("evil\u202efdp.exe", "evil fdp"),
        ("a\nb.txt", "a b"),
        ("...", "..."),
        (".pdf", "Document 7"),
        ("x" * 300, "x" * 150),
    ],
)
def test_a_name_is_shown_without_folders_false_endings_and_signs_that_turn_a_line(given: str, shown: str) -> None:
    assert called(given, 7) == shown


def a_document(product: Product, reference: str, *, of: str | None = "victim", name: str = "Statement.txt") -> int:
    """A text in a case, on somebody's side; its number."""
    people = parties(product.session, find(product.session, product.actor("lead"), reference))
    party = next((each.id for each in people if each.role == of), None)
    paper = reading.read(b"Said in confidence", LARGEST)
    done = product.do(AddDocument, "coordinator", reference=reference, paper=paper, name=name, party=party)
    return int(done["number"])


def test_a_document_is_sealed_on_its_side_and_who_opened_it_is_on_record(product: Product) -> None:
    reference = a_case(product)
    number = a_document(product, reference)
    case = find(product.session, product.actor("lead"), reference)
    (row,) = documents.of_case(product.session, case.id)
    assert (row.number, row.wall, row.name, row.body) == (number, "V", "Statement", b"Said in confidence")
    stored = product.session.execute(text("select name_sealed, body_sealed from document")).one()
    assert all(b"onfidence" not in bytes(part) and b"tatement" not in bytes(part) for part in stored)

    product.do(OpenDocument, "coordinator", reference=reference, number=number)

    tags = [entry.tag for entry in ledger.read(product.session, case.id)][-2:]
    assert tags == ["case:document:added", "case:document:opened"]


def test_a_document_taken_away_is_gone_and_its_number_is_never_given_again(product: Product) -> None:
    reference = a_case(product)
    number = a_document(product, reference, of=None)
    with pytest.raises(WhyIsItTakenAway):
        product.do(RemoveDocument, "coordinator", reference=reference, number=number, reason=" ")

    product.do(RemoveDocument, "coordinator", reference=reference, number=number, reason="Another case's")

    assert product.session.execute(text("select name_sealed, body_sealed from document")).one() == (None, None)
    with pytest.raises(NotFound):
        product.do(OpenDocument, "coordinator", reference=reference, number=number)
    assert a_document(product, reference) == number + 1


def test_a_document_is_never_put_to_somebody_of_another_case_or_by_who_may_not(sqlite_product: Product) -> None:
    mine, other = a_case(sqlite_product), a_case(sqlite_product)
    paper = reading.read(b"x", LARGEST)
    stranger = parties(sqlite_product.session, find(sqlite_product.session, sqlite_product.actor("lead"), other))[0].id
    wanted = {"reference": mine, "paper": paper, "name": "x"}
    with pytest.raises(WhoseIsIt):
        sqlite_product.do(AddDocument, "coordinator", party=stranger, **wanted)
    with pytest.raises(NotFound):
        sqlite_product.do(AddDocument, "facilitator.west", party=None, **wanted)
    with pytest.raises(NotAllowed):
        sqlite_product.do(AddDocument, "referrer", party=None, **wanted)


def test_a_file_is_added_on_the_page_and_comes_back_as_a_file_that_cannot_act(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)
    browser, path = a_browser(sqlite_product, "coordinator"), f"/cases/{reference}/documents"
    sent: Callable[..., dict[str, object]] = lambda body, **more: {"file": (io.BytesIO(body), "Photo.jpg.exe"), **more}  # noqa: E731 - one line

    refused = browser.post(path, path, **sent(b"<html>", whose="service", name="A name typed"))
    assert refused.status_code == 422
    assert "web page" in refused.text
    assert 'value="A name typed"' in refused.text
    assert "Choose whose document" in browser.post(path, path, **sent(papers.a_picture())).text
    assert browser.post(path, path, **sent(papers.a_picture(size=(2000, 2000)), whose="service")).status_code == 302
    assert "Photo" in browser.get(path).text

    reply = browser.post(f"{path}/1", path)

    assert reply.headers["Content-Disposition"] == 'attachment; filename="document-1.jpg"'
    assert "sandbox" in reply.headers["Content-Security-Policy"]
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.data.startswith(b"\xff\xd8\xff")
    assert browser.post(f"{path}/1/remove", path, reason="").status_code == 422
    assert browser.post(f"{path}/1/remove", path, reason="Mistake").status_code == 302
    assert browser.post(f"{path}/1", path).status_code == 404


def large_form(browser: Browser, page: str, size: int) -> dict[str, object]:
    """A form with a file of `size` bytes, as it goes over the wire."""
    parts = {"csrf_token": browser.token(page).encode(), "whose": b"service"}
    lines = [b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s' % (n.encode(), v) for n, v in parts.items()]
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="long.txt"\r\n\r\n'
    body = b"\r\n".join([*lines, head + b"a" * size, b"--x--\r\n"])
    return {"data": body, "content_type": "multipart/form-data; boundary=x"}


def test_only_the_one_door_takes_more_than_a_form(sqlite_product: Product) -> None:
    reference = a_case(sqlite_product)
    browser, path = a_browser(sqlite_product, "coordinator"), f"/cases/{reference}/documents"
    assert browser.client.post(path, **large_form(browser, path, 3_000_000)).status_code == 302
    assert browser.client.post("/sign-in", **large_form(browser, path, 3_000_000)).status_code == 413
    assert browser.client.post(path, **large_form(browser, path, 10_200_000)).status_code == 413
