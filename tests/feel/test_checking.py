"""What authors are told before an expression goes into a pathway or a table."""

from __future__ import annotations

import pytest

from rj_engine import feel

NAMES = {
    "level": "number",
    "victim_decision": "string",
    "consent_on": "date",
    "agreed_at": "date and time",
    "is_safe": "boolean",
    "victim": "context<name: string, age: number, home: context<town: string>>",
    "sessions": "list<context<held_on: date, outcome: string, minutes: number>>",
    "scores": "list<number>",
    "notes": "list",
    "anything": "Any",
    "answers": "context",
    "wait": "days and time duration",
    "window": "range<date>",
    "may_meet": "function<number, string> -> boolean",
    "nothing": "Null",
    "risk level": feel.Type("number"),
}


def _found(text: str) -> list[tuple[str, int | None]]:
    return [(finding.code, finding.column) for finding in feel.check_expression(text, NAMES)]


@pytest.mark.parametrize(
    "text",
    [
        'victim_decision = "explore" and level <= 3',
        "risk level + level > 3",
        'consent_on + duration("P6M") > today()',
        "agreed_at - consent_on > wait",
        "consent_on - agreed_at > wait",
        "now() > agreed_at",
        "victim.home.town",
        "sessions[held_on > consent_on].outcome",
        "sessions[1].minutes + 5",
        "sessions[-1].held_on.year > 2025",
        "sessions.minutes[item > 30]",
        "sum(sessions.minutes) / count(sessions)",
        "some s in sessions satisfies s.minutes > level",
        'every s in sessions satisfies s.outcome in ("agreed", "adjourned")',
        "for s in sessions return s.minutes * 2",
        "for i in 1..level return partial",
        "for day in window return day.weekday",
        "for n in nothing return n",
        "anything.what.ever > 3",
        "answers.anything at all",
        "notes[1] = 3",
        "anything[foo = 1]",
        "notes[foo = level]",
        "answers[foo = 1]",
        "level in [1..5]",
        "level in (1, 2, > 7)",
        "level in scores",
        "scores in [1, 2]",
        "consent_on in window",
        "level between 1 and anything",
        "if is_safe then level else risk level",
        'if is_safe then level else "none"',
        "if is_safe then level else null",
        "{a: level, b: a + 1, f: function(x) f(x - 1)}.b",
        "(function(x, y) x + y)(1, 2)",
        "(function(x: number) x)(level)",
        "may_meet(level, victim_decision) and is_safe",
        'sort(sessions, function(x, y) x.held_on < y.held_on)[1].outcome = "agreed"',
        "abs(level) = abs(n: level)",
        'substring(string: victim_decision, start position: 1, length: 3) = "a"',
        "string join([victim_decision, null])",
        "min(level, 3) > max(scores)",
        "-level < 0",
        "-wait < wait",
        "level = null",
        "not(is_safe)",
        "level instance of number",
        "anything instance of string",
        "[1, 2, 3][item > 1]",
        "[level, 2][1]",
        "[] = scores",
        "[level..5].start",
        "wait.days > 3",
        'date("2026-01-01")',
        "true",
        "null",
        "upper case",
        'is_safe or victim_decision > "a" or victim_decision <= "a" and is_safe',
        "3 < level and level < 5",
        "level > 5 and anything.x < 3 and victim.age = 3",
        "level > 5 or level = 3",
        'date and time(consent_on, @"10:00:00") > agreed_at',
        "day of week(consent_on)",
        "upper case([victim_decision])",
        "list contains(level, 3)",
        "scores = [1, 2]",
        "before(consent_on, agreed_at)",
        "(for i in 1..100000 return i)[1] > level",
        "count(for i in 1..1000000 return i)",
        "string([1..3])",
        "1 in (level, 3)",
        "string(< 5)",
        " ** ".join(["1"] * 60),
        "level in < 5",
        "(if is_safe then abs else sqrt)(level)",
    ],
)
def test_nothing_is_found_in_what_is_right(text: str) -> None:
    assert _found(text) == []


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("1 +", "syntax", 4),
        ("levl > 3", "unknown_name", 1),
        ("is_safe and levl > 3", "unknown_name", 13),
        ("uper case(victim_decision)", "unknown_name", 1),
        ("victim.nam", "unknown_name", 7),
        ("victim.home.twn", "unknown_name", 12),
        ("consent_on.yaer", "unknown_name", 11),
        ("level.size", "unknown_name", 6),
        ("sessions.outcom", "unknown_name", 9),
        ("sessions[held_off > consent_on]", "unknown_name", 10),
        ("{a: 1}.b", "unknown_name", 7),
        ('level + "a"', "wrong_type", 7),
        ("level + 1 + true", "wrong_type", 7),
        ("consent_on + 5", "wrong_type", 12),
        ("-victim_decision", "wrong_type", 1),
        ("null + level", "always_null", 6),
        ("1 + null", "always_null", 3),
        ('level = "3"', "wrong_type", 7),
        ('level > "3"', "wrong_type", 7),
        ("is_safe > is_safe", "wrong_type", 9),
        ("scores < level", "wrong_type", 8),
        ("level < null", "always_null", 7),
        ('level between 1 and "5"', "wrong_type", 7),
        ('level in ("a")', "wrong_type", 11),
        ('level in ["a", "b"]', "wrong_type", 10),
        ('level in ["a".."b"]', "wrong_type", 10),
        ('level in > "a"', "wrong_type", 10),
        ('[1.."a"]', "wrong_type", 1),
        ("is_safe and level", "wrong_type", 13),
        ("if level then 1 else 2", "wrong_type", 4),
        ("every s in sessions satisfies s.minutes", "wrong_type", 32),
        ("sessions[victim_decision]", "wrong_type", 10),
        ("not(level)", "wrong_type", 4),
        ("upper case(level)", "wrong_type", 11),
        ("abs(null)", "wrong_type", 4),
        ("abs()", "wrong_type", 4),
        ("abs(m: 3)", "wrong_type", 4),
        ('abs(n: "a")', "wrong_type", 4),
        ("level(3)", "wrong_type", 6),
        ("may_meet(level)", "wrong_type", 9),
        ("level instance of nonsense", "unknown_type", 7),
        ("level instance of list", "unknown_type", 7),
        ("(function(a: nonsense) a)(level)", "unknown_type", 2),
        ("-4 ** 2 > level", "surprising_order", 4),
        ("-level ** 2 > 4", "surprising_order", 8),
        ("level in [5..1]", "always_null", 10),
        ("(function(x) x)()", "wrong_type", 16),
        ("upper case(scores)", "wrong_type", 11),
        ('@"2026-13-01"', "bad_literal", 1),
        ('date("2026-13-01") > consent_on', "always_null", 5),
        ("1 / 0 > level", "always_null", 3),
        ('@"2026-01-01".hours', "always_null", 14),
        ("level > 5 and level < 3", "always_false", 11),
        ("level > 5 and level <= 5", "always_false", 11),
        ('victim_decision = "a" and victim_decision = "b"', "always_false", 23),
        ('victim_decision != "a" or victim_decision != "b"', "always_true", 24),
        ("level <= 5 or level > 3", "always_true", 12),
        ("5 >= victim.age or 3 < victim.age", "always_true", 17),
        ('level > 3 and level = "3"', "wrong_type", 21),
        ("is_safe or true", "always_true", 9),
        ("is_safe and 1 > 2", "always_false", 9),
        ("1 = 1", "always_true", 3),
        ("2 between 1 and 3", "always_true", 3),
        ("1 in (2, 3)", "always_false", 3),
        ("level instance of string", "always_false", 7),
        ("if 1 > 2 then level else 3", "always_false", 6),
        ("some s in sessions satisfies 1 = 1", "always_true", 32),
        ("for s in sessions return 1 = 1", "always_true", 28),
        ("{a: 1 = 1}", "always_true", 7),
        ("[1 = 1, is_safe]", "always_true", 4),
        ("function(x) 1 = 1", "always_true", 15),
        ('may_meet(1, "a") and (function(x) x)(1 = 1)', "always_true", 40),
        ("function() external {a: 1}", "external", 1),
        ('victim_decision = "a" and victim_decision < ""', "always_false", 23),
    ],
)  # fmt: skip
def test_what_is_wrong_or_doubtful_is_found_with_its_place(text: str, code: str, column: int) -> None:
    assert (code, column) in _found(text)


@pytest.mark.parametrize(
    "text",
    [
        "levl + 1 > 3 and is_safe",
        "victim.nam = 3",
        "upper case(levl) = 1",
        "-levl",
        "abs(levl)",
        "upper case(levl > 1)",
        "levl between 1 and 2",
    ],
)
def test_one_mistake_is_told_once(text: str) -> None:
    assert len(_found(text)) == 1


def test_the_nearest_known_name_is_suggested() -> None:
    (finding,) = feel.check_expression("victm_decision = 1", ["victim_decision", "level"])

    assert finding.message == "There is no victm_decision here. Did you mean victim_decision?"
    assert (finding.line, finding.column, finding.severity) == (1, 1, "error")


def test_a_name_with_no_neighbour_gets_no_suggestion() -> None:
    (finding,) = feel.check_expression("zzzzzz", ["level"])

    assert finding.message == "There is no zzzzzz here."


def test_findings_come_in_the_order_of_the_text() -> None:
    assert _found("foo1 +\n bar2 + foo1") == [("unknown_name", 1), ("unknown_name", 2), ("unknown_name", 9)]


def test_doubts_let_a_file_pass_and_mistakes_do_not() -> None:
    assert [finding.severity for finding in feel.check_expression("1 = 1", ())] == ["warning"]
    assert [finding.severity for finding in feel.check_expression("1 = true", ())] == ["error"]


def test_a_type_that_is_not_one_is_refused() -> None:
    assert [finding.code for finding in feel.check_expression("x", {"x": "nonsense"})] == ["unknown_type"]
    assert [finding.code for finding in feel.check_expression("x", {"x": "number ."})] == ["syntax"]
    assert [finding.code for finding in feel.check_unary_tests("x", {"x": "nonsense"})] == ["unknown_type"]


def test_types_of_a_model_are_known() -> None:
    types = {"tRisk": feel.Type("context", None, (("level", feel.Type("number")),))}

    assert feel.check_expression("risk.level > 3", {"risk": "tRisk"}, types) == []
    assert feel.check_expression("risk.levl > 3", {"risk": "tRisk"}, types)[0].code == "unknown_name"


@pytest.mark.parametrize(
    ("text", "kind", "codes"),
    [
        ("> 3", "number", []),
        ('"a", "b"', "string", []),
        ("-", "number", []),
        ("not(1, 2)", "number", []),
        ("[1..5]", "number", []),
        ("null", "number", []),
        ("level", "number", []),
        ("? > level", "number", []),
        ("> 3", "Any", []),
        ("[1, 2]", "list<number>", []),
        ('contains(?, "a")', "string", []),
        ('= "a"', "string", []),
        ("level > 3", "string", []),
        ('"a"', "number", ["wrong_type"]),
        ('> "a"', "number", ["wrong_type"]),
        ('["a".."b"]', "number", ["wrong_type"]),
        ("? = true", "number", ["wrong_type"]),
        ("? > 3 and ? < 2", "number", ["always_false"]),
        ("levl", "number", ["unknown_name"]),
        ("1,", "number", ["syntax"]),
    ],
)
def test_the_cell_of_a_table_is_checked_against_its_input(text: str, kind: str, codes: list[str]) -> None:
    assert [finding.code for finding in feel.check_unary_tests(text, {"level": "number"}, kind)] == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("level > 3", []),
        ("anything", []),
        ("not(anything)", []),
        ("level", ["not_a_condition"]),
        ('"yes"', ["not_a_condition"]),
        ("null", ["not_a_condition"]),
        ("1 = 1", ["always_true", "decides_nothing"]),
        ("true", ["decides_nothing"]),
        ("level > 5 and level < 3", ["always_false"]),
        ("level >", ["syntax"]),
    ],
)
def test_a_condition_has_to_be_able_to_answer_both_ways(text: str, codes: list[str]) -> None:
    found = feel.check_condition(text, {"level": "number", "anything": "Any"})
    assert [finding.code for finding in found] == codes


def test_types_tell_themselves_as_authors_write_them() -> None:
    for text in (
        "list<number>",
        "range<date>",
        "context<a: string, b: list<Any>>",
        "function<number> -> string",
        "context",
    ):
        assert str(feel.parse_type(text)) == text
    assert str(feel.parse_type("function")) == "function"
