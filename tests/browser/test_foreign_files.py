"""A file of another tool opens in the editor and is saved with everything it came with."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Final

import pytest
from lxml import etree

from rj_engine.dmn.documents import NAMESPACES
from rj_engine.workflows.studio import foreign
from tests.browser.test_studio_opens import editor_page
from tests.browser.visiting import Visit
from tests.workflows.foreign_files import FILES

pytestmark = pytest.mark.browser
FOLDER: Final = os.environ.get("RJ_REFERENCE_DIAGRAMS", "")
SAVED: Final = """async (text) => {
  const {editor} = document.querySelector("[data-editor]");
  const {warnings} = await editor.importXML(text);
  return [(await editor.saveXML({format: true})).xml, warnings.map((each) => each.message)];
}"""
DRAWN: Final = ("{http://www.omg.org/spec/BPMN/20100524/DI}", "{http://www.omg.org/spec/DD/20100524/")
"""How it is drawn, an editor writes anew."""
UNSAID: Final = {
    "completionQuantity=1", "startQuantity=1", "isForCompensation=false", "isCollection=false", "isSequential=false",
    "triggeredByEvent=false", "cancelActivity=true", "gatewayDirection=Unspecified", "isUnlimited=false",
    "associationDirection=None", "parallelMultiple=false", "isClosed=false", "isExecutable=false", "testBefore=false",
    "isInterrupting=true", "textFormat=text/plain", "processType=None",
}  # fmt: skip
"""What is so by the standard whether or not it is written."""


def held(text: str) -> Counter[tuple[str, ...]]:
    """Every element and note of a file, with all that is said on it."""
    root = etree.fromstring(text.encode())
    told = [one for one in root.iter() if isinstance(one.tag, str) and not one.tag.startswith(DRAWN)]
    return Counter((str(one.tag), (one.text or "").strip(), *said(one)) for one in told if one is not root)


def said(element: etree._Element) -> list[str]:
    """Its attributes, but for what goes without saying."""
    return sorted({f"{key!s}={value!s}" for key, value in element.attrib.items()} - UNSAID)


def whole() -> dict[str, str]:
    """Those drawn for the tests, and those of the interchange group where they are there."""
    fetched = sorted(Path(FOLDER).rglob("*.bpmn")) if FOLDER else []
    drawn = {name: text for name, text in FILES.items() if name not in {"undrawn", "unnamed"}}
    return {
        **{name: foreign.decoded(text.encode()) for name, text in drawn.items()},
        **{path.stem: foreign.decoded(path.read_bytes()) for path in fetched},
    }


def test_the_editor_keeps_everything_that_another_tool_wrote(visit: Visit) -> None:
    files = whole()
    page = editor_page(visit, "diagram", next(iter(files.values())))

    lost = {}
    for name, text in files.items():
        after, warnings = page.evaluate(SAVED, text)
        missing, added = held(text) - held(after), held(after) - held(text)
        if missing or added or warnings:
            lost[name] = [*list(missing)[:4], "ADDED", *list(added)[:4], *warnings[:3]]

    assert lost == {}


def a_decision(space: str) -> str:
    """A decision as other tools write it: one table, an expression beside it, a function, and notes of the tool."""
    table = (
        '<decisionTable id="t"><input id="i"><inputExpression id="ie"><text>season</text></inputExpression></input>'
        '<output id="o" name="dish"/><rule id="r"><inputEntry id="e"><text>"Winter"</text></inputEntry>'
        '<outputEntry id="oe"><text>"Stew"</text></outputEntry></rule></decisionTable>'
    )
    return (
        f'<definitions xmlns="{space}" xmlns:tool="urn:tool" id="d1" name="D" namespace="urn:d"><decision id="dish"'
        ' name="Dish" tool:note="kept"><variable id="v" name="Dish" typeRef="string"/><informationRequirement id="ir">'
        f'<requiredDecision href="#season"/></informationRequirement>{table}</decision><decision id="season"'
        ' name="season"><variable id="sv" name="season"/><literalExpression id="l"><text>"Winter"</text>'
        '</literalExpression></decision><businessKnowledgeModel id="k" name="k"><encapsulatedLogic id="f">'
        '<literalExpression id="fl"><text>1</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>'
        "</definitions>"
    )


@pytest.mark.parametrize("space", NAMESPACES)
def test_a_decision_of_any_edition_opens_and_keeps_what_it_holds(visit: Visit, space: str) -> None:
    text = a_decision(space)
    page = editor_page(visit, "decision", text)

    after = page.evaluate("document.querySelector('[data-editor]').editor.saveXML({format: true}).then(({xml}) => xml)")

    def ids(held: str) -> set[str | None]:
        return {one.get("id") for one in etree.fromstring(held.encode()).iter()}

    assert ids(after) == ids(text)
    assert 'note="kept"' in after
