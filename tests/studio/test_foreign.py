"""Files of other tools: taken as they were sent once their limits were seen, named on each element, and never run.

The line between them and hostile files is drawn in `workflows/studio/foreign.py`.
"""

from __future__ import annotations

import io
import json
from typing import Any
from uuid import UUID

import pytest

from rj_engine import clock
from rj_engine.cases.case import NotFound
from rj_engine.commands import NotAllowed
from rj_engine.workflows.studio import checks, drafting, foreign
from rj_engine.workflows.studio.drafting import FileRefused, KeepFile, SubmitDraft
from rj_engine.workflows.studio.proving import AskForProof
from rj_engine.workflows.studio.taking import AddFile, RemoveFile
from rj_engine.workflows.studio.trials import BeginTrial
from tests.places import Product
from tests.studio import hostile
from tests.studio.drawing import MANAGER, a_draft, row, text_of
from tests.web.browsing import Browser, a_browser
from tests.workflows.foreign_files import FILES

ORDER = """<?xml version="1.0" encoding="UTF-8"?>
<model:definitions xmlns:model="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:note="https://tool.example/notes"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="_defs" targetNamespace="urn:a">
  <model:process id="Order-1" isExecutable="false">
    <model:startEvent id="_begin"/>
    <model:serviceTask id="_bill" name="Send the bill"><model:extensionElements><note:colour is="red"/>
      <zeebe:taskDefinition type="bill"/></model:extensionElements></model:serviceTask>
    <model:endEvent id="_end"/>
    <model:sequenceFlow id="_f1" sourceRef="_begin" targetRef="_bill"/>
    <model:sequenceFlow id="_f2" sourceRef="_bill" targetRef="_end"/>
  </model:process>
</model:definitions>
"""
TRICKS = (hostile.entities, hostile.encodings, hostile.disguised, hostile.sizes)


def a_foreign_draft(product: Product) -> UUID:
    draft = a_draft(product)
    product.do(AddFile, MANAGER, draft_id=draft, edition=1, file="Order Process.bpmn20.xml", text=ORDER, as_it_is=True)
    return draft


def named(product: Product, draft: UUID, file: str = "order_process.bpmn") -> set[tuple[str, str | None]]:
    found = drafting.noted(product.session, row(product, draft))
    return {(one.finding.code, one.finding.element) for one in found if one.file == file}


def test_it_is_kept_as_it_was_sent_and_what_does_not_run_is_named_on_its_element(product: Product) -> None:
    draft = a_foreign_draft(product)

    assert text_of(product, draft, "order_process.bpmn") == ORDER
    assert {
        ("element_not_supported", "_bill"),
        ("extension_not_supported", "_bill"),
        ("not_executable", "Order-1"),
        ("id_not_snake_case", "_begin"),
        ("notes_of_another_tool", None),
    } <= named(product, draft)


def test_what_is_found_is_told_of_its_file_though_its_process_is_called_otherwise(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)
    parts = {"draft_id": draft, "edition": 1, "file": "look.bpmn", "text": FILES["camunda_7"], "as_it_is": True}
    sqlite_product.do(AddFile, MANAGER, **parts)

    files = {one.file for one in drafting.noted(sqlite_product.session, row(sqlite_product, draft))}

    assert files == {"look.bpmn"}


def test_without_that_word_nothing_of_it_is_kept(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)

    with pytest.raises(FileRefused) as refusal:
        sqlite_product.do(AddFile, MANAGER, draft_id=draft, edition=1, file="order.bpmn", text=ORDER)

    assert "element_not_supported" in {one.code for one in refusal.value.findings}
    assert row(sqlite_product, draft).edition == 1


@pytest.mark.parametrize(
    ("command", "parts"),
    [(SubmitDraft, {"edition": 2, "stands_from": None}), (AskForProof, {}), (BeginTrial, {})],
    ids=["sent for approval", "proved", "tried"],
)
def test_a_draft_that_holds_one_cannot_be(sqlite_product: Product, command: type[Any], parts: dict[str, Any]) -> None:
    draft = a_foreign_draft(sqlite_product)
    given = {**parts, "stands_from": clock.today()} if "stands_from" in parts else parts

    with pytest.raises(FileRefused) as refusal:
        sqlite_product.do(command, MANAGER, draft_id=draft, **given)

    assert {"_bill"} <= {one.element for one in refusal.value.findings}


def test_it_is_edited_saved_and_compared_like_any_other(sqlite_product: Product) -> None:
    draft = a_foreign_draft(sqlite_product)
    mended = ORDER.replace("serviceTask", "userTask")

    parts = {"draft_id": draft, "edition": 2, "file": "order_process.bpmn", "text": mended}
    sqlite_product.do(KeepFile, MANAGER, **parts)

    assert ("element_not_supported", "_bill") not in named(sqlite_product, draft)
    assert ("task_without_form", "_bill") in named(sqlite_product, draft)


def test_it_is_taken_out_again_and_a_changed_file_is_put_back(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)
    before = row(sqlite_product, draft).checksum
    sqlite_product.do(AddFile, MANAGER, draft_id=draft, edition=1, file="order.bpmn", text=ORDER, as_it_is=True)
    sqlite_product.do(AddFile, MANAGER, draft_id=draft, edition=2, file="complaint.bpmn", text=ORDER, as_it_is=True)

    sqlite_product.do(RemoveFile, MANAGER, draft_id=draft, edition=3, file="order.bpmn")
    sqlite_product.do(RemoveFile, MANAGER, draft_id=draft, edition=4, file="complaint.bpmn")

    assert row(sqlite_product, draft).checksum == before
    with pytest.raises(NotFound):
        sqlite_product.do(RemoveFile, MANAGER, draft_id=draft, edition=5, file="order.bpmn")


def test_only_who_draws_takes_files_in_and_out(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)

    for command, parts in ((AddFile, {"text": ORDER, "as_it_is": True}), (RemoveFile, {})):
        with pytest.raises(NotAllowed):
            sqlite_product.do(command, "facilitator", draft_id=draft, edition=1, file="order.bpmn", **parts)


@pytest.mark.parametrize("make", TRICKS, ids=lambda make: make.__name__)
def test_what_hides_something_is_not_taken_as_it_is_either(sqlite_product: Product, make: Any) -> None:
    draft = a_draft(sqlite_product)
    taken = {name for name, data in make() if was_taken(sqlite_product, draft, name, data)}

    honest = {"code_utf_16.bpmn", "said_iso_8859_1.bpmn", "said_windows_1252.bpmn"}
    assert taken == (honest if make is hostile.encodings else set())


def was_taken(product: Product, draft: UUID, name: str, data: str | bytes) -> bool:
    text = foreign.decoded(data.encode() if isinstance(data, str) else data)
    try:
        product.do(
            AddFile, MANAGER, draft_id=draft, edition=row(product, draft).edition, file=name, text=text, as_it_is=True
        )
    except FileRefused as refusal:
        return not refusal.findings
    return True


@pytest.mark.parametrize("alphabet", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_every_honest_alphabet_is_read(alphabet: str) -> None:
    text = ORDER.replace("Send the bill", "Zahlen, bitte: Änderung").replace("UTF-8", alphabet.removesuffix("-sig"))

    read = foreign.decoded(text.encode(alphabet))

    assert "Zahlen, bitte: Änderung" in read
    assert 'encoding="UTF-8"' in read or 'encoding="utf-8"' in read


@pytest.mark.parametrize(
    ("sent", "called"),
    [
        ("C.1.0.bpmn", "c_1_0.bpmn"),
        ("Order Process.bpmn20.xml", "order_process.bpmn"),
        ("C:\\Users\\me\\2 Orders.BPMN", "file_2_orders.bpmn"),
        ("../../etc/passwd.bpmn", "passwd.bpmn"),
        ("Änderung.dmn", "nderung.dmn"),
        ("notes.txt", "notes.txt"),
        (".bpmn", ".bpmn"),
    ],
)
def test_it_gets_a_proper_name(sent: str, called: str) -> None:
    assert foreign.proper_name(sent) == called


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("stray_element", ORDER.replace("<model:endEvent", '<note:step id="x"/><model:endEvent')),
        ("duplicate_id", ORDER.replace('"_end"', '"_begin"')),
        ("too_large", ORDER.replace("<model:endEvent", "<model:endEvent " + " ".join(f'a{n}="x"' for n in range(200)))),
    ],
)
def test_what_an_editor_would_drop_is_not_taken(sqlite_product: Product, code: str, text: str) -> None:
    draft = a_draft(sqlite_product)

    with pytest.raises(FileRefused) as refusal:
        sqlite_product.do(AddFile, MANAGER, draft_id=draft, edition=1, file="o.bpmn", text=text, as_it_is=True)

    assert code in {one.code for one in refusal.value.findings}


def sent(browser: Browser, draft: UUID, name: str, data: bytes, edition: int = 1) -> Any:
    page = f"/studio/drafts/{draft}"
    parts = {"csrf_token": browser.token(page), "edition": str(edition), "file": (io.BytesIO(data), name)}
    return browser.client.post(f"{page}/import", data=parts)


def hidden(page: str, name: str) -> str:
    return page.rsplit(f'name="{name}" value="', maxsplit=1)[-1].split('"', maxsplit=1)[0]


def test_the_page_names_the_limits_first_and_takes_it_when_told_to(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)
    browser = a_browser(sqlite_product, MANAGER)

    first = sent(browser, draft, "Order.bpmn", ORDER.encode())
    assert first.status_code == 422
    assert "is not in the draft yet" in first.text
    assert "(_bill)" in first.text
    assert row(sqlite_product, draft).edition == 1

    again = {key: hidden(first.text, key) for key in ("csrf_token", "name", "text")}
    second = browser.client.post(
        f"/studio/drafts/{draft}/import", data={**again, "edition": "1", "as_it_is": "yes"}, follow_redirects=True
    )
    assert "order.bpmn is in the draft." in second.text
    assert text_of(sqlite_product, draft, "order.bpmn") == ORDER


def test_a_hostile_file_is_not_offered(sqlite_product: Product) -> None:
    draft = a_draft(sqlite_product)
    browser = a_browser(sqlite_product, MANAGER)

    reply = sent(browser, draft, "order.bpmn", b'<!DOCTYPE a [<!ENTITY x "y">]>' + ORDER.encode())

    assert reply.status_code == 422
    assert "Open it as it is" not in reply.text


def test_the_pages_say_why_it_is_neither_proved_nor_sent_on(sqlite_product: Product) -> None:
    draft = a_foreign_draft(sqlite_product)
    browser = a_browser(sqlite_product, MANAGER)
    page = f"/studio/drafts/{draft}"
    parts = {"csrf_token": browser.token(page), "edition": "2", "stands_from": clock.today().isoformat()}

    for way in ("proof", "submit", "try"):
        reply = browser.client.post(f"{page}/{way}", data=parts)
        assert (way, reply.status_code) == (way, 422)
        assert "A service task runs code" in reply.text


def test_the_page_takes_a_file_out(sqlite_product: Product) -> None:
    draft = a_foreign_draft(sqlite_product)
    browser = a_browser(sqlite_product, MANAGER)
    page = f"/studio/drafts/{draft}"

    parts = {"csrf_token": browser.token(page), "edition": "2"}
    browser.client.post(f"{page}/files/order_process.bpmn/remove", data=parts)

    assert "order_process.bpmn" not in drafting.content(row(sqlite_product, draft)).diagrams


DECISION = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" xmlns:tool="urn:tool" id="d" name="D"'
    ' namespace="urn:d">{0}<decision id="dish" name="dish" tool:note="kept">{1}</decision></definitions>'
)
LITERAL = '<literalExpression id="l"><text>{0}</text></literalExpression>'
JAVA = (
    '<businessKnowledgeModel id="k" name="k"><encapsulatedLogic id="f" kind="Java"><literalExpression id="fl"><text>x'
    "</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"
)


@pytest.mark.parametrize(
    ("text", "element"),
    [
        (DECISION.format("", LITERAL.format("1 +")), "l"),
        (DECISION.format(JAVA, LITERAL.format("1")), "f"),
        (DECISION.format('<import name="x" namespace="urn:x" importType="urn:y"/>', LITERAL.format("1")), None),
    ],
    ids=["no FEEL", "a Java function", "another file"],
)
def test_a_decision_of_another_tool_is_kept_and_what_cannot_be_decided_is_named(
    sqlite_product: Product, text: str, element: str | None
) -> None:
    draft = a_draft(sqlite_product)

    parts = {"draft_id": draft, "edition": 1, "file": "Dish Choice.dmn", "text": text}
    with pytest.raises(FileRefused):
        sqlite_product.do(AddFile, MANAGER, **parts)
    sqlite_product.do(AddFile, MANAGER, **parts, as_it_is=True)

    assert text_of(sqlite_product, draft, "dish_choice.dmn") == text
    assert element in {one for _, one in named(sqlite_product, draft, "dish_choice.dmn")}


def a_form(*components: dict[str, Any]) -> str:
    return json.dumps({"type": "default", "id": "look", "schemaVersion": 16, "components": list(components)})


@pytest.mark.parametrize(
    "kind", ["button", "dynamiclist", "filepicker", "html", "iframe", "image", "table", "taglist", "whatever"]
)
def test_a_form_of_another_tool_is_kept_and_what_cannot_be_asked_is_named(sqlite_product: Product, kind: str) -> None:
    draft = a_draft(sqlite_product)
    text = a_form({"type": kind, "id": "Field_1", "key": "odd", "label": "Odd"})

    sqlite_product.do(AddFile, MANAGER, draft_id=draft, edition=1, file="look.form", text=text, as_it_is=True)

    assert text_of(sqlite_product, draft, "look.form") == text
    assert ("question_type", "odd") in named(sqlite_product, draft, "look.form")


@pytest.mark.parametrize("as_it_is", [True, False])
@pytest.mark.parametrize("words", ["<script>x</script>", "javascript:x()", "<img src=x onerror=alert(1)>"])
def test_a_form_with_a_script_in_its_words_is_not_taken(sqlite_product: Product, words: str, *, as_it_is: bool) -> None:
    draft = a_draft(sqlite_product)
    text = a_form({"type": "html", "id": "Field_1", "key": "odd", "content": words})

    with pytest.raises(FileRefused) as refusal:
        sqlite_product.do(AddFile, MANAGER, draft_id=draft, edition=1, file="look.form", text=text, as_it_is=as_it_is)

    assert [(one.code, one.element) for one in refusal.value.findings] == [("script_in_words", "odd")]
    assert row(sqlite_product, draft).edition == 1


@pytest.mark.parametrize("words", ["<" * 400_000, "< on" + " ona" * 100_000, '\\"' * 200_000, "\ud800"])
def test_a_form_that_would_keep_a_reader_busy_for_an_hour_is_read_at_once(words: str) -> None:
    text = a_form({"type": "text", "id": "Field_1", "key": "odd", "text": words})

    assert foreign.refused("look.form", text) == []
    assert checks.nesting(text) == checks.nesting(text[:-6] + "\\") == 3
