"""The page, the PDF and the Word file: readable by everybody, and telling nothing beside the letter."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.oxml.ns import qn

from rj_engine.letters import page, pdf, word
from rj_engine.letters.document import Cover, Document, Heading, Listing, Paragraph, Span


def a_document(cover: Cover | None = None) -> Document:
    strong = (Span("You choose."), Span(" Always.", strong=True))
    blocks = (
        Heading(1, (Span("A letter & more"),)),
        Paragraph(((Span("Dear Vic,"),),)),
        Listing((strong, (Span("<b>Second</b>"),))),
        Listing(((Span("One"),), (Span("Two"),)), ordered=True),
        Heading(2, (Span("What comes next"),)),
        Paragraph(((Span("Fran"),), (Span("01632 960000"),))),
    )
    return Document("A letter & more", "1 June 2026", blocks, cover)


COVER = Cover("Vic Invented", ("12 Elm Road", "Sampletown"), "Sam from the office")


def opened(document: Document):
    return docx.Document(io.BytesIO(word.made(document)))


def test_the_pdf_is_tagged_for_screen_readers_and_says_its_language_and_title():
    made = pdf.made(a_document())
    assert made.startswith(b"%PDF-")
    assert b"pdfuaid" in made
    assert b"en-GB" in made
    assert b"A letter &amp; more" in made


def test_the_pdf_is_the_same_each_time_and_tells_no_time():
    assert pdf.made(a_document()) == pdf.made(a_document())
    assert b"/CreationDate" not in pdf.made(a_document())


def test_words_that_are_typst_stay_words():
    hostile = '#read("/etc/passwd") #import "x" $x$ `code` \\ *a* _b_ @c <d> = e'
    document = Document("T", "1 June 2026", (Heading(1, (Span(hostile),)), Paragraph(((Span(hostile),),))))
    assert pdf.made(document).startswith(b"%PDF-")


def test_the_word_file_has_real_headings_lists_and_language():
    made = opened(a_document())
    styles = [(each.style.name, each.text) for each in made.paragraphs]
    assert styles == [
        ("Normal", "1 June 2026"),
        ("Heading 1", "A letter & more"),
        ("Normal", "Dear Vic,"),
        ("List Bullet", "You choose. Always."),
        ("List Bullet", "<b>Second</b>"),
        ("List Number", "One"),
        ("List Number", "Two"),
        ("Heading 2", "What comes next"),
        ("Normal", "Fran\n01632 960000"),
    ]
    assert [run.bold for run in made.paragraphs[3].runs] == [None, True]
    assert {each.get(qn("w:val")) for each in made.styles.element.iter(qn("w:lang"))} == {"en-GB"}


def test_the_word_file_tells_nobody_who_made_it_or_with_what():
    about = opened(a_document()).core_properties
    assert (about.author, about.last_modified_by, about.comments) == ("", "", "")
    assert about.title == "A letter & more"
    with zipfile.ZipFile(io.BytesIO(word.made(a_document()))) as file:
        everything = b"".join(file.read(each) for each in file.namelist())
    assert b"python-docx" not in everything


def test_the_page_says_every_word_and_escapes_every_sign():
    shown = page.whole(a_document(COVER))
    assert '<html lang="en-GB">' in shown
    assert "<title>A letter &amp; more</title>" in shown
    assert "<li>You choose.<strong> Always.</strong></li><li>&lt;b&gt;Second&lt;/b&gt;</li>" in shown
    assert "<ol><li>One</li><li>Two</li></ol>" in shown
    assert "Fran<br>01632 960000" in shown
    assert "Vic Invented<br>12 Elm Road<br>Sampletown" in shown


def test_inside_another_page_its_headings_stand_below_that_pages():
    shown = page.part(a_document(), below=1)
    assert "<h2>A letter &amp; more</h2>" in shown
    assert "<h3>What comes next</h3>" in shown


@pytest.mark.parametrize(
    "made", [lambda document: document.text, page.whole, lambda one: opened(one).paragraphs[0].text]
)
def test_a_letter_by_hand_has_no_sheet_for_the_window(made):
    assert "Elm Road" not in made(a_document())
    assert "Sam from the office" in made(a_document(COVER))
