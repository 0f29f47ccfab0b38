"""Values to and from Python and JSON, and what callers may do with them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from rj_engine import feel
from rj_engine.feel.library.registry import built_in
from rj_engine.feel.values.conformity import kind_name
from rj_engine.feel.values.zones import Offset, Region

LONDON = ZoneInfo("Europe/London")


class Word(str):  # a text with a class of its own, as form libraries make them
    __slots__ = ()


@pytest.mark.parametrize(
    ("plain", "text"),
    [
        (datetime(2026, 5, 1, 9, 30), "2026-05-01T09:30:00"),  # noqa: DTZ001 - a local time is meant
        (datetime(2026, 5, 1, 9, 30, 0, 500, tzinfo=UTC), "2026-05-01T09:30:00.0005Z"),
        (datetime(2026, 5, 1, 9, 30, tzinfo=LONDON), "2026-05-01T09:30:00@Europe/London"),
        (datetime(2026, 5, 1, 9, 30, tzinfo=ZoneInfo("UTC")), "2026-05-01T09:30:00Z"),
        (time(9, 30), "09:30:00"),
        (time(9, 30, tzinfo=timezone(timedelta(hours=-3))), "09:30:00-03:00"),
        (time(9, 30, tzinfo=LONDON), "09:30:00@Europe/London"),
        (date(2026, 5, 1), "2026-05-01"),
        (timedelta(days=1, hours=2, microseconds=5), "P1DT2H0.000005S"),
        (timedelta(hours=-1), "-PT1H"),
        (Word("explore"), "explore"),
    ],
)
def test_values_of_python_become_values_of_the_language(plain: object, text: str) -> None:
    assert feel.to_json(feel.to_feel(plain)) == text


def test_plain_collections_become_lists_and_contexts() -> None:
    given = {"a": (1, 2.5), "b": {"c": {3}}, 4: frozenset({"x"}), "d": [None, True]}

    assert feel.to_feel(given) == {
        "a": [Decimal(1), Decimal("2.5")],
        "b": {"c": [Decimal(3)]},
        "4": ["x"],
        "d": [None, True],
    }


@pytest.mark.parametrize(
    "stranger", [object(), b"bytes", 1j, float("inf"), pytest.param(10**7000, id="huge"), Decimal("NaN")]
)
def test_what_the_language_does_not_know_becomes_null(stranger: object) -> None:
    assert feel.to_feel(stranger) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1),
        ("1.5", 1.5),
        ("1e20", 1e20),
        ('[1, {a: @"P1D"}]', [1, {"a": "P1D"}]),
        ("[1..2]", "[1..2]"),
        ('@"10000-01-01"', "10000-01-01"),
    ],
)
def test_values_of_the_language_become_json(text: str, expected: object) -> None:
    assert feel.to_json(feel.compile_expression(text).evaluate({})) == expected


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("12.5", "number", Decimal("12.5")),
        (" 7 ", "number", Decimal(7)),
        ("x", "number", None),
        ("1e99999", "number", None),
        ("true", "boolean", True),
        ("0", "boolean", False),
        ("yes", "boolean", None),
        ("a b", "string", "a b"),
        ("2026-05-01", "date", date(2026, 5, 1)),
        ("2026-05-01T10:00:00", "date and time", "2026-05-01T10:00:00"),
        ("10:00:00Z", "time", "10:00:00Z"),
        ("P1D", "days and time duration", "P1D"),
        ("P1Y", "years and months duration", "P1Y"),
        ("nonsense", "date", None),
    ],
)
def test_text_of_a_form_or_file_is_read_as_its_type(text: str, kind: str, expected: object) -> None:
    found = feel.parse_value(text, kind)

    assert found == expected or feel.to_json(found) == expected


def test_a_date_time_is_given_back_to_python() -> None:
    def moment(text: str) -> object:
        value = feel.compile_expression(f'@"{text}"').evaluate({})
        assert isinstance(value, feel.DateTime)
        return value.as_datetime()

    assert moment("2026-05-01T09:30:00") == datetime(2026, 5, 1, 9, 30)  # noqa: DTZ001 - a local time is meant
    assert moment("2026-05-01T09:30:00Z") == datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
    assert moment("2026-05-01T09:30:00+01:00") == datetime(2026, 5, 1, 8, 30, tzinfo=UTC)
    assert moment("2026-05-01T09:30:00@Europe/London") == datetime(2026, 5, 1, 9, 30, tzinfo=LONDON)
    with pytest.raises(feel.Fault):
        moment("12026-05-01T09:30:00Z")


def test_a_time_and_a_duration_are_given_back_to_python() -> None:
    assert feel.Time(34_200 * 10**9).as_time() == time(9, 30)
    assert feel.Time(34_200 * 10**9, Offset(3600)).as_time() == time(9, 30, tzinfo=timezone(timedelta(hours=1)))
    assert feel.Time(0, Region("Europe/London")).offset() == 0
    assert feel.DaysDuration(3_600 * 10**9).as_timedelta() == timedelta(hours=1)


def test_durations_are_compared_and_hashed() -> None:
    assert feel.DaysDuration(1) < feel.DaysDuration(2)
    assert len({feel.YearsDuration(12), feel.YearsDuration(12), feel.DaysDuration(12)}) == 2
    with pytest.raises(feel.Fault):
        feel.YearsDuration(10**20)


def test_a_date_far_away_behaves_like_a_near_one() -> None:
    far, later = feel.FarDate(12026, 5, 1), feel.FarDate(12026, 5, 2)

    assert far == feel.FarDate(12026, 5, 1)
    assert far != date(2026, 5, 1)
    assert far < later
    assert later >= far
    assert len({far, feel.FarDate(12026, 5, 1)}) == 1
    assert repr(far) == "FarDate(12026, 5, 1)"


def test_a_value_is_fitted_to_a_type() -> None:
    number, text = feel.Type("number"), feel.Type("string")

    assert feel.coerce([Decimal(1)], number) == 1
    assert feel.coerce(Decimal(1), feel.Type("list", number)) == [1]
    assert feel.coerce(Decimal(1), text) is None
    assert feel.conforms(Decimal(1), number, feel.Run()) is True


def test_every_value_has_a_name_for_its_kind() -> None:
    assert [kind_name(value) for value in (None, True, [], {}, object())] == [
        "null", "boolean", "list", "context", "value",
    ]  # fmt: skip


def test_a_text_with_half_a_character_matches_nothing() -> None:
    assert feel.compile_expression('matches(x, "a")').evaluate({"x": "\ud800"}) is None


@pytest.mark.parametrize("declaration", ["nonsense", "f(x)", "f(x: number"])
def test_a_function_of_the_language_must_be_declared_as_the_standard_writes_it(declaration: str) -> None:
    with pytest.raises(ValueError, match=r"^(nonsense|x|f\(x: number)$"):
        built_in(declaration)
