"""A condition taken apart where `and`, `or` and `not` join it."""

from __future__ import annotations

import pytest

from rj_engine import feel

CONDITION = 'way = "letter" and not(list contains(scopes, "a") or level <= 3)'


def test_the_parts_of_a_condition_are_worked_out_each_alone():
    names = [part.names for part in feel.leaves(CONDITION)]
    values = [part.evaluate({"way": "letter", "scopes": ["b"], "level": 4}) for part in feel.leaves(CONDITION)]

    assert names == [{"way"}, {"scopes"}, {"level"}]
    assert values == [True, False, False]


def test_the_same_part_says_the_same_wherever_it_stands():
    (alone,) = feel.leaves("level <= 3")

    assert alone.text == feel.leaves(CONDITION)[2].text
    assert alone.text != feel.leaves("level <= 4")[0].text


@pytest.mark.parametrize("whole", ["a", "if a then b else c", "some x in a satisfies x and y", "a < b"])
def test_what_is_not_joined_stays_whole(whole):
    (only,) = feel.leaves(whole)

    assert only.names == feel.compile_expression(whole).names
