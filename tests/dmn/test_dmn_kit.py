"""The DMN Technology Compatibility Kit, read from where it lies beside the project."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from rj_engine.dmn import tck

KIT = Path(__file__).resolve().parents[3] / "shared" / "tck"
ABSENT = "THE CONFORMANCE KIT IS ABSENT: ../shared/tck is not there, so NONE of its cases ran."
KINDS = (tck.PASSED, tck.FAILED, tck.SKIPPED)

NOT_SUPPORTED = {"0076-feel-external-java"}
"""Functions in Java; we run no code from outside a decision."""

SMALLEST = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="urn:m">
<inputData name="x" id="x"><variable name="x"/></inputData>
<decision name="same" id="same"><variable name="same"/>
<informationRequirement><requiredInput href="#x"/></informationRequirement>
<literalExpression><text>x</text></literalExpression></decision>
<decision name="one" id="one"><variable name="one"/><literalExpression><text>1</text></literalExpression></decision>
<decision name="two" id="two"><variable name="two"/><literalExpression><text>"b"</text></literalExpression></decision>
<businessKnowledgeModel name="twice" id="twice"><variable name="twice"/><encapsulatedLogic>
<formalParameter name="n"/><literalExpression><text>n * 2</text></literalExpression>
</encapsulatedLogic></businessKnowledgeModel>
<decisionService name="both" id="both"><outputDecision href="#one"/><outputDecision href="#two"/></decisionService>
</definitions>"""
HEAD = (
    '<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase" '
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
)


def a_case(
    value: str, expected: str | None = None, decision: str = "same", attributes: str = "", more: str = ""
) -> str:
    wanted = f"<expected>{expected or value}</expected>"
    given = f'<inputNode name="x">{value}</inputNode>' if value else ""
    return f'<testCase id="c"{attributes}>{given}<resultNode name="{decision}">{wanted}</resultNode>{more}</testCase>'


def outcome(folder: Path, case: str, model: str = SMALLEST, name: str = "m.dmn") -> tuple[str, str]:
    (folder / "m.dmn").write_text(model)
    (folder / "m-test-01.xml").write_text(f"{HEAD}<modelName>{name}</modelName>{case}</testCases>")
    [result] = tck.run(folder)
    return result.outcome, result.detail


def typed(kind: str, text: str) -> str:
    return f'<value xsi:type="xsd:{kind}">{text}</value>'


@pytest.mark.parametrize(
    "value",
    [
        typed("string", "a b"),
        typed("boolean", "true"),
        typed("decimal", "1.50"),
        typed("double", "1e3"),
        typed("date", "2026-03-01"),
        typed("time", "10:00:00Z"),
        typed("dateTime", "2026-03-01T10:00:00"),
        typed("duration", "P1D"),
        typed("duration", "P1Y"),
        "<value>plain</value>",
        '<value xsi:nil="true"/>',
        f"<list><item>{typed('decimal', '1')}</item><item>{typed('decimal', '2')}</item></list>",
        '<list xsi:nil="true"/>',
        f'<component name="a">{typed("decimal", "1")}</component><component name="b"><value>z</value></component>',
    ],
)
def test_values_of_the_kit_come_back_as_they_went_in(tmp_path: Path, value: str) -> None:
    assert outcome(tmp_path, a_case(value)) == (tck.PASSED, "")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (typed("decimal", "1"), typed("decimal", "2")),
        (typed("decimal", "1"), typed("string", "1")),
        (typed("string", "a"), '<value xsi:nil="true"/>'),
        ("<list/>", f"<list><item>{typed('decimal', '1')}</item></list>"),
        (typed("string", "a"), f"<list><item>{typed('string', 'a')}</item></list>"),
        (typed("string", "a"), f'<component name="a">{typed("string", "a")}</component>'),
        (
            f'<component name="b">{typed("string", "a")}</component>',
            f'<component name="a">{typed("string", "a")}</component>',
        ),
    ],
)
def test_a_result_that_differs_fails_and_shows_both(tmp_path: Path, value: str, expected: str) -> None:
    result, detail = outcome(tmp_path, a_case(value, expected))

    assert result == tck.FAILED
    assert "instead of" in detail


def test_numbers_may_differ_where_the_kit_rounds_them(tmp_path: Path) -> None:
    close = a_case(typed("decimal", "2778.69354943277"), typed("decimal", "2778.6935494328"))

    assert outcome(tmp_path, close)[0] == tck.PASSED


def test_a_result_without_an_expected_value_is_null(tmp_path: Path) -> None:
    assert outcome(tmp_path, '<testCase id="c"><resultNode name="same"/></testCase>')[0] == tck.PASSED


def test_services_and_knowledge_models_are_called(tmp_path: Path) -> None:
    more = f'<resultNode name="two"><expected>{typed("string", "b")}</expected></resultNode>'
    service = a_case("", typed("decimal", "1"), "one", ' type="decisionService" invocableName="both"', more)
    known = (
        f'<testCase id="c" type="bkm" invocableName="twice"><inputNode name="n">{typed("decimal", "2")}</inputNode>'
        f'<resultNode name="twice"><expected>{typed("decimal", "4")}</expected></resultNode></testCase>'
    )

    assert outcome(tmp_path, service)[0] == tck.PASSED
    assert outcome(tmp_path, known)[0] == tck.PASSED


def test_an_input_may_name_its_namespace(tmp_path: Path) -> None:
    case = a_case(typed("decimal", "1")).replace('<inputNode name="x"', '<inputNode name="x" namespace="urn:m"')

    assert outcome(tmp_path, case)[0] == tck.PASSED


def test_a_result_may_name_the_namespace_of_an_import(tmp_path: Path) -> None:
    other = SMALLEST.replace('namespace="urn:m"', 'namespace="urn:o"')
    (tmp_path / "other.dmn").write_text(other)
    model = SMALLEST.replace("<inputData", '<import name="o" namespace="urn:o" importType="x"/><inputData', 1)
    case = a_case("", typed("decimal", "1"), "one").replace('name="one"', 'name="one" namespace="urn:o"')

    assert outcome(tmp_path, case, model=model)[0] == tck.PASSED


def test_a_model_is_named_with_or_without_its_ending(tmp_path: Path) -> None:
    assert outcome(tmp_path, a_case(typed("decimal", "1")), name="m")[0] == tck.PASSED


def test_a_model_that_is_not_named_goes_by_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    folder.mkdir()

    assert outcome(folder, a_case(typed("decimal", "1")), name="")[0] == tck.PASSED


def test_a_case_for_a_decision_that_is_not_there_fails(tmp_path: Path) -> None:
    assert outcome(tmp_path, a_case("", typed("decimal", "1"), "nobody"))[0] == tck.FAILED


def test_cases_of_a_model_that_cannot_be_read_fail(tmp_path: Path) -> None:
    assert outcome(tmp_path, a_case(""), model="<html/>")[0] == tck.FAILED
    assert outcome(tmp_path, a_case(""), name="nowhere.dmn")[0] == tck.FAILED


def test_functions_outside_feel_are_skipped_as_not_supported(tmp_path: Path) -> None:
    model = SMALLEST.replace("<encapsulatedLogic>", '<encapsulatedLogic kind="Java">')

    assert outcome(tmp_path, a_case(typed("decimal", "1")), model=model)[0] == tck.SKIPPED


def test_other_xml_beside_the_cases_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "other.xml").write_text("<other/>")

    assert tck.run(tmp_path) == []


def test_the_command_prints_what_did_not_pass_and_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "m.dmn").write_text(SMALLEST)
    good, bad = a_case(typed("decimal", "1")), a_case(typed("decimal", "1"), typed("decimal", "2"))
    (tmp_path / "m-test-01.xml").write_text(f"{HEAD}<modelName>m.dmn</modelName>{good}{bad}</testCases>")

    assert tck.main(tmp_path, as_json=False) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "1 passed, 1 failed, 0 skipped"
    assert lines[0].startswith("failed ")

    assert tck.main(tmp_path, as_json=True) == 1
    *body, last = capsys.readouterr().out.splitlines()
    results: list[dict[str, Any]] = json.loads("\n".join(body))
    assert [one["outcome"] for one in results] == ["passed", "failed"]
    assert last == "1 passed, 1 failed, 0 skipped"


def test_the_command_is_content_when_nothing_failed_and_not_when_nothing_ran(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tck.main(tmp_path, as_json=False) == 1
    outcome(tmp_path, a_case(typed("decimal", "1")))
    assert tck.main(tmp_path, as_json=False) == 0
    assert "1 passed, 0 failed, 0 skipped" in capsys.readouterr().out


@pytest.mark.skipif(not KIT.is_dir(), reason=ABSENT)
def test_the_kit_passes_and_says_how_far_folder_by_folder(capsys: pytest.CaptureFixture[str]) -> None:
    results = tck.run(KIT)
    folders = Counter((one.folder, one.outcome) for one in results)
    with capsys.disabled():
        lines = [
            f"{folder} {folders[folder, tck.PASSED]}/{sum(folders[folder, kind] for kind in KINDS)}"
            for folder in sorted({folder for folder, _ in folders})
        ]
        print(
            "\n"
            + textwrap.fill(" · ".join(lines), 118, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
        )
        print(f"  the kit: {sum(one.outcome == tck.PASSED for one in results)} of {len(results)} cases passed")

    assert {one.folder for one in results if one.outcome == tck.SKIPPED} <= NOT_SUPPORTED
    level_2 = {path.name for path in (KIT / "compliance-level-2").iterdir()}
    assert [one for one in results if one.outcome == tck.FAILED and one.folder in level_2] == []
    level_3 = [one for one in results if one.folder not in level_2 and one.outcome != tck.SKIPPED]
    assert sum(one.outcome == tck.PASSED for one in level_3) >= 0.98 * len(level_3)
