"""DMN 1.5, 6.2, 6.3 and 10.4: what decisions require, what they call, and what they import."""

from __future__ import annotations

from typing import Any

import pytest
from small_models import (
    a_context,
    a_decision,
    a_fact,
    a_file,
    a_function,
    a_knowledge_model,
    a_literal,
    a_model,
    a_table,
    a_type,
    an_invocation,
)

from rj_engine import dmn


def refused(*parts: Any, **options: Any):
    with pytest.raises(dmn.DecisionRefused) as refusal:
        a_model(*parts, **options)
    return [finding.code for finding in refusal.value.findings]


def test_a_decision_sees_the_facts_it_requires():
    assert a_model(a_fact("x"), a_decision("d", a_literal("x + 1"), ["x"])).decide("d", {"x": 1}).value == 2


def test_a_decision_does_not_see_facts_it_does_not_require():
    assert a_model(a_fact("x"), a_decision("d", a_literal("x"))).decide("d", {"x": 1}).value is None


def test_a_decision_sees_the_answers_of_decisions_it_requires():
    model = a_model(
        a_fact("x"), a_decision("a", a_literal("x + 1"), ["x"]), a_decision("b", a_literal("a * 10"), ["!a"])
    )

    assert model.decide("b", {"x": 1}).value == 20


def test_a_decision_does_not_see_what_its_own_requirements_require():
    model = a_model(a_fact("x"), a_decision("a", a_literal("1"), ["x"]), a_decision("b", a_literal("x"), ["!a"]))

    assert model.decide("b", {"x": 1}).value is None


def test_a_decision_needed_twice_is_answered_once():
    table = a_table([], ["said"], [["1"]])
    model = a_model(
        a_decision("a", table),
        a_decision("b", a_literal("a"), ["!a"]),
        a_decision("c", a_literal("a + b"), ["!a", "!b"]),
    )
    answer = model.decide("c", {})

    assert answer.value == 2
    assert len(answer.fired) == 1


def test_names_hold_spaces_signs_and_words_of_any_script():
    model = a_model(
        a_fact("Victim's consent + date"),
        a_fact("rhif yr achos"),
        a_decision(
            "é décision",
            a_literal("Victim's consent + date + rhif yr achos"),
            ["Victim's consent + date", "rhif yr achos"],
        ),
    )

    assert model.decide("é décision", {"Victim's consent + date": 1, "rhif yr achos": 2}).value == 3


def test_a_decision_is_found_by_id_or_by_name():
    model = a_model(a_decision("The  first", a_literal("1")))

    assert model.decide("_The__first", {}).value == 1
    assert model.decide("The first", {}).value == 1
    assert [(one.id, one.name) for one in model.decisions] == [("_The__first", "The first")]


def test_a_decision_that_is_not_there_is_refused():
    model = a_model(a_fact("x"), a_decision("d", a_literal("1")))
    for name in ("nobody", "x", "_x"):
        with pytest.raises(dmn.UnknownDecision):
            model.decide(name, {})


def test_a_decision_without_logic_is_null():
    answer = a_model(a_decision("d")).decide("d", {})

    assert answer.value is None
    assert answer.matched is True


def test_an_element_without_an_id_goes_by_its_name():
    xml = a_file(a_decision("d", a_literal("1"))).replace(b' id="_d"', b"")

    assert dmn.load(xml).decide("d", {}).value == 1


def test_the_variable_gives_the_name_that_others_use():
    xml = a_file(a_fact("x"), a_decision("d", a_literal("y"), ["x"])).replace(
        b'<variable name="x"/>', b'<variable name="y"/>'
    )

    assert dmn.load(xml).decide("d", {"y": 7}).value == 7


def test_an_element_without_a_variable_goes_by_its_own_name():
    xml = a_file(a_fact("x"), a_decision("d", a_literal("x"), ["x"])).replace(b'<variable name="x"/>', b"")

    assert dmn.load(xml).decide("d", {"x": 7}).value == 7


def test_a_reference_may_spell_out_the_models_own_namespace():
    model = a_model(a_fact("x"), a_decision("d", a_literal("x"), ["urn:small#_x"]))

    assert model.decide("d", {"x": 7}).value == 7


def test_the_inputs_read_stand_in_the_answer():
    model = a_model(
        a_fact("x"), a_fact("y"), a_decision("a", a_literal("x"), ["x"]), a_decision("d", a_literal("a"), ["!a"])
    )

    assert model.decide("d", {"x": 1, "y": 2}).inputs == {"x": 1}


def test_an_expression_that_spends_too_much_leaves_no_answer():
    model = a_model(a_decision("d", a_literal("count(for a in 1..1000, b in 1..1000 return a * b)")))
    answer = model.decide("d", {})

    assert answer.value is None
    assert answer.matched is False
    assert answer.warnings[0].severity == "warning"


def test_a_cell_that_spends_too_much_leaves_no_answer():
    table = a_table(["x"], ["said"], [["count(for a in 1..1000, b in 1..1000 return a * b) > ?", "1"]])
    answer = a_model(a_fact("x"), a_decision("d", table, ["x"])).decide("d", {"x": 1})

    assert (answer.value, answer.matched) == (None, False)


def test_warnings_are_not_kept_without_end():
    model = a_model(a_decision("d", f"<list>{a_literal('1 + true') * 500}</list>"))

    assert 0 < len(model.decide("d", {}).warnings) <= 200


def test_boxes_that_invoke_themselves_until_the_stack_is_exhausted_leave_no_answer() -> None:
    logic = an_invocation("f", yes=a_literal("yes"))
    for _ in range(35):
        logic = f"<conditional><if>{a_literal('yes')}</if><then>{logic}</then></conditional>"
    known = a_knowledge_model("f", logic, {"yes": None}, needs=["?f"])
    asked = a_decision("d", an_invocation("f", yes=a_literal("yes")), ["yes", "?f"])
    answer = a_model(a_fact("yes"), known, asked).decide("d", {"yes": True})

    assert (answer.value, answer.matched) == (None, False)
    assert {"too_deep"} == {warning.code for warning in answer.warnings}


# Circles and loose ends


def test_decisions_that_need_each_other_are_refused():
    assert refused(a_decision("a", a_literal("b"), ["!b"]), a_decision("b", a_literal("a"), ["!a"])) == [
        "circular_requirement"
    ]


def test_a_chain_too_long_to_follow_is_refused():
    chain = [a_decision(f"d{number}", a_literal("1"), [f"!d{number + 1}"]) for number in range(70)]

    assert set(refused(*chain, a_decision("d70", a_literal("1")))) == {"circular_requirement"}


def test_a_requirement_that_points_nowhere_is_refused_with_its_owner():
    with pytest.raises(dmn.DecisionRefused) as refusal:
        a_model(a_decision("d", a_literal("1"), ["nobody", "urn:other#x"]))

    assert [(one.code, one.element) for one in refusal.value.findings] == [("dangling_reference", "_d")] * 2


def test_two_elements_of_one_id_are_refused():
    assert refused(a_decision("d", a_literal("1")), a_decision("d", a_literal("2"))) == ["duplicate_id"]


def test_text_that_is_not_feel_is_refused_with_line_and_column():
    with pytest.raises(dmn.DecisionRefused) as refusal:
        a_model("\n\n", a_decision("d", a_literal("1 +\n + * 2")))
    [finding] = refusal.value.findings

    assert finding.line == 4
    assert finding.column is not None
    assert finding.element is None


def test_text_that_is_not_feel_is_null_where_the_kit_asks_for_leniency():
    table = a_table(["x"], ["said"], [["1 1", "1"], ["2", "2 2"], ["3", "3"]], hit="FIRST")
    model = a_model(a_fact("x"), a_decision("d", a_literal("1 +")), a_decision("t", table, ["x"]), lenient=True)

    assert model.decide("d", {}).value is None
    assert model.decide("d", {}).matched is False
    assert model.decide("t", {"x": 2}).value is None
    assert model.decide("t", {"x": 3}).value == 3
    assert len(model.findings) == 3


# Business knowledge models


def test_a_knowledge_model_is_called_by_position_and_by_name():
    known = a_knowledge_model("fee", a_literal("a - b"), {"a": "number", "b": "number"})
    model = a_model(known, a_decision("d", a_literal("[fee(5, 2), fee(b: 5, a: 2)]"), ["?fee"]))

    assert model.decide("d", {}).value == [3, -3]


def test_a_knowledge_model_is_invoked_from_a_box():
    known = a_knowledge_model("fee", a_literal("a - b"), {"a": "number", "b": "number"})
    model = a_model(known, a_decision("d", an_invocation("fee", a=a_literal("5"), b=a_literal("2")), ["?fee"]))

    assert model.decide("d", {}).value == 3


def test_a_knowledge_model_holds_any_box():
    table = a_table([("a", "number")], ["said"], [["> 0", '"plus"'], ["<= 0", '"minus"']])
    known = a_knowledge_model("sign", table, {"a": "number"})
    answer = a_model(known, a_decision("d", a_literal("sign(-4)"), ["?sign"])).decide("d", {})

    assert answer.value == "minus"
    assert answer.fired[0].table == "sign"


def test_a_knowledge_model_does_not_see_the_facts_of_its_caller():
    known = a_knowledge_model("f", a_literal("x"))
    model = a_model(a_fact("x"), known, a_decision("d", a_literal("f()"), ["x", "?f"]))

    assert model.decide("d", {"x": 1}).value is None


def test_a_knowledge_model_calls_those_it_requires():
    one = a_knowledge_model("one", a_literal("a + 1"), {"a": None})
    two = a_knowledge_model("two", a_literal("one(a) * 2"), {"a": None}, needs=["?one"])

    assert a_model(one, two, a_decision("d", a_literal("two(3)"), ["?two"])).decide("d", {}).value == 8


def test_a_knowledge_model_that_requires_itself_may_call_itself():
    known = a_knowledge_model("f", a_literal("if n <= 1 then 1 else n * f(n - 1)"), {"n": "number"}, needs=["?f"])

    assert a_model(known, a_decision("d", a_literal("f(5)"), ["?f"])).decide("d", {}).value == 120


def test_a_knowledge_model_that_calls_itself_without_end_leaves_no_answer():
    known = a_knowledge_model("f", a_literal("f(n)"), {"n": "number"}, needs=["?f"])
    answer = a_model(known, a_decision("d", a_literal("f(5)"), ["?f"])).decide("d", {})

    assert answer.value is None
    assert answer.matched is False


def test_a_knowledge_model_that_calls_itself_twice_without_end_is_stopped_by_its_budget():
    known = a_knowledge_model("f", a_literal("if n = 0 then 1 else f(n - 1) + f(n - 1)"), {"n": "number"}, needs=["?f"])
    answer = a_model(known, a_decision("d", a_literal("f(40)"), ["?f"])).decide("d", {})

    assert (answer.value, answer.matched) == (None, False)


def test_an_argument_that_is_not_allowed_leaves_the_knowledge_model_uncalled():
    grade = a_type("grade", "number", allowed="[1..5]")
    known = a_knowledge_model("f", a_literal("1"), {"a": "grade"})
    answer = a_model(grade, known, a_decision("d", a_literal("f(6)"), ["?f"])).decide("d", {})

    assert answer.value is None
    assert "wrong_argument" in [warning.code for warning in answer.warnings]


def test_a_result_of_another_type_is_null():
    known = a_knowledge_model("f", a_literal('"x"'), type_ref="number")
    answer = a_model(known, a_decision("d", a_literal("f()"), ["?f"])).decide("d", {})

    assert answer.value is None
    assert "wrong_type" in [warning.code for warning in answer.warnings]


def test_a_knowledge_model_without_logic_is_null():
    assert a_model(a_knowledge_model("f"), a_decision("d", a_literal("f()"), ["?f"])).decide("d", {}).value is None


def test_a_knowledge_model_is_a_value():
    known = a_knowledge_model("f", a_literal("a * 2"), {"a": None})
    taker = a_knowledge_model("apply", a_literal("g(5)"), {"g": None})

    assert a_model(known, taker, a_decision("d", a_literal("apply(f)"), ["?f", "?apply"])).decide("d", {}).value == 10


def test_functions_outside_feel_are_refused():
    assert refused(a_knowledge_model("f", a_context(("class", a_literal('"x"'))), kind="Java")) == ["external_function"]
    assert refused(a_decision("d", a_function(a_literal("1"), kind="PMML"))) == ["external_function"]


def test_a_knowledge_model_can_be_called_from_outside():
    model = a_model(a_knowledge_model("f", a_literal("a + b"), {"a": "number", "b": "number"}))

    assert model.call("f", {"a": 1, "b": 2}).value == 3
    assert model.call("f", {"a": 1, "b": 2}).inputs == {"a": 1, "b": 2}
    assert [one.name for one in model.invocables] == ["f"]
