"""DMN 1.5, 6.3.10 and 6.3.3: decision services and imports."""

from __future__ import annotations

from typing import Any

import pytest
from small_models import (
    a_decision,
    a_fact,
    a_file,
    a_knowledge_model,
    a_literal,
    a_model,
    a_service,
    a_type,
    an_import,
)

from rj_engine import dmn


def refused(*parts: Any, **options: Any):
    with pytest.raises(dmn.DecisionRefused) as refusal:
        a_model(*parts, **options)
    return [finding.code for finding in refusal.value.findings]


# Decision services


def a_served_model(**options: Any):
    return a_model(
        a_fact("x", "number"),
        a_decision("a", a_literal("100")),
        a_decision("b", a_literal("a + x"), ["!a", "x"]),
        a_decision("c", a_literal("b * 2"), ["!b"]),
        a_service("inner", ["b"], ["a"], ["x"], **options),
        a_service("whole", ["b", "c"], [], ["x"]),
        a_decision("calls", a_literal("inner(1, 2)"), ["?inner"]),
        a_decision("names", a_literal("inner(a: 1, x: 2)"), ["?inner"]),
        a_decision("both", a_literal("whole(5)"), ["?whole"]),
        a_decision("mixed", a_literal("[inner(1, 2), a, x]"), ["?inner", "!a", "x"]),
    )


def test_a_service_takes_facts_before_decisions_and_answers_its_only_output():
    assert a_served_model().decide("calls", {}).value == 3


def test_a_service_is_called_by_name():
    assert a_served_model().decide("names", {}).value == 3


def test_a_service_of_several_outputs_answers_a_context():
    assert a_served_model().decide("both", {}).value == {"b": 105, "c": 210}


def test_a_service_neither_sees_nor_changes_what_is_outside_it():
    assert a_served_model().decide("mixed", {"x": 7}).value == [3, 100, 7]


def test_a_service_is_called_from_outside_with_its_decisions_given():
    model = a_served_model()

    assert model.call("inner", {"a": 1, "x": 2}).value == 3
    assert model.call("inner", {"x": 2}).value is None
    assert model.call("whole", {"x": 2}).value == {"b": 102, "c": 204}


def test_the_result_of_a_service_has_the_services_type():
    answer = a_served_model(type_ref="string").call("inner", {"a": 1, "x": 2})

    assert answer.value is None
    assert [warning.code for warning in answer.warnings] == ["wrong_type"]


def test_a_call_that_spends_too_much_leaves_no_answer():
    known = a_knowledge_model("f", a_literal("a"), {"a": None})
    deep: object = 1
    for _ in range(100):
        deep = [deep]

    answer = a_model(known).call("f", {"a": deep})
    assert (answer.value, answer.matched) == (None, False)


# Imports

OTHER = a_file(
    a_type("grade", "number", allowed="[1..5]"),
    a_fact("seen", "number"),
    a_decision("twice", a_literal("seen * 2"), ["seen"]),
    a_knowledge_model("plus one", a_literal("a + 1"), {"a": "grade"}),
    a_service("serve", ["twice"], [], ["seen"]),
    namespace="urn:other",
    name="other",
)


def importing(*parts: Any, name: Any = "o", imports: Any = None):
    return a_model(an_import(name, "urn:other"), *parts, imports={"other.dmn": OTHER} if imports is None else imports)


def test_an_imported_knowledge_model_is_called_by_the_imports_name():
    model = importing(a_decision("d", a_literal("o.plus one(2)"), ["?urn:other#_plus_one"]))

    assert model.decide("d", {}).value == 3


def test_an_imported_decision_is_read_by_the_imports_name():
    model = importing(a_decision("d", a_literal("o.twice + 1"), ["!urn:other#_twice"]))

    assert model.decide("d", {"o": {"seen": 5}}).value == 11
    assert model.decide("d", {"o.seen": 5}).value == 11
    assert model.decide("d", {"{urn:other}seen": 5}).value == 11
    assert model.decide("d", {"seen": 5}).value == 11
    assert model.decide("d", {}).value is None


def test_a_decision_of_an_import_can_be_asked_for() -> None:
    model = importing(a_decision("d", a_literal("1")))

    assert model.decide("o.twice", {"o": {"seen": 4}}).value == 8
    for name in ("o.nobody", "p.twice", "twice"):
        with pytest.raises(dmn.UnknownDecision):
            model.decide(name, {})


def test_several_things_from_one_import_stand_under_its_name():
    model = importing(a_decision("d", a_literal("[o.seen, o.twice]"), ["urn:other#_seen", "!urn:other#_twice"]))
    answer = model.decide("d", {"o": {"seen": 5}})

    assert answer.value == [5, 10]
    assert answer.inputs == {"o.seen": 5}


def test_an_import_without_a_name_mixes_in():
    model = importing(a_decision("d", a_literal("twice"), ["!urn:other#_twice"], type_ref="grade"), name="")

    assert model.decide("d", {"seen": 2}).value == 4
    assert model.decide("d", {"seen": 3}).value is None


def test_an_imported_type_goes_by_the_imports_name():
    model = importing(a_fact("x", "o.grade"), a_decision("d", a_literal("x"), ["x"]))

    assert model.decide("d", {"x": 5}).value == 5
    assert model.decide("d", {"x": 6}).value is None


def test_an_imported_type_may_be_asked_for():
    model = importing(a_fact("x"), a_decision("d", a_literal("x instance of o.grade"), ["x"]))

    assert model.decide("d", {"x": 5}).value is True


def test_an_imported_type_may_be_written_with_a_prefix():
    xml = a_file(an_import("o", "urn:other"), a_decision("d", a_literal("6"), type_ref="q:grade"))
    xml = xml.replace(b"<definitions ", b"<definitions xmlns:q='urn:other' ")

    assert dmn.load(xml, {"o": OTHER}).decide("d", {}).value is None


def test_a_prefix_that_belongs_to_no_import_is_unknown():
    xml = a_file(an_import("o", "urn:other"), a_decision("d", a_literal("6"), type_ref="q:grade"))
    xml = xml.replace(b"<definitions ", b"<definitions xmlns:q='urn:third' ")

    with pytest.raises(dmn.DecisionRefused, match="no type called"):
        dmn.load(xml, {"o": OTHER})


def test_an_imported_service_is_called_and_sees_only_its_arguments():
    model = importing(a_decision("d", a_literal("o.serve(4)"), ["?urn:other#_serve"]))

    assert model.decide("d", {"o": {"seen": 1}}).value == 8


def test_a_service_may_hold_imported_decisions():
    model = importing(
        a_decision("d", a_literal("o.twice + 1"), ["!urn:other#_twice"]),
        a_service("local", ["d", "urn:other#_twice"], ["urn:other#_twice"]),
        a_service("asks", ["d"]),
    )

    assert model.call("local", {"twice": 4}).value == {"d": 5, "twice": 4}
    assert model.call("asks", {}).value is None


def test_an_import_of_an_import():
    middle = a_file(
        an_import("o", "urn:other"),
        a_decision("thrice", a_literal("o.twice + o.seen"), ["!urn:other#_twice", "urn:other#_seen"]),
        namespace="urn:middle",
    )
    model = a_model(
        an_import("m", "urn:middle"),
        an_import("o", "urn:other"),
        a_decision("d", a_literal("[m.thrice, o.twice]"), ["!urn:middle#_thrice", "!urn:other#_twice"]),
        imports={"a": OTHER, "b": middle},
    )

    assert model.decide("d", {"m": {"o": {"seen": 1}}, "o": {"seen": 5}}).value == [3, 10]


def test_an_import_that_was_not_given_is_refused():
    assert "import_missing" in refused(an_import("o", "urn:nobody"), a_decision("d", a_literal("1")))


def test_models_that_import_each_other_are_refused():
    back = a_file(an_import("s", "urn:small"), namespace="urn:back")

    assert refused(an_import("b", "urn:back"), imports={"b": back}) == ["circular_import"]


def test_a_finding_in_an_import_refuses_the_model():
    broken = a_file(a_decision("d", a_literal("1 +")), namespace="urn:broken")

    assert refused(an_import("b", "urn:broken"), imports={"b": broken})
