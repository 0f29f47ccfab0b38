"""A service manager can read every shipped diagram: nothing overlaps, arrows run clear, time goes to the right."""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.bpmn.drawings import NS, PATHWAYS, Arrow, Box, Drawing, drawing, tree

WIDEST_NAME = 40
"""Characters of a task's name: two lines in its shape."""
EITHER_WAY = 12
"""Pixels by which an arrow that leads on may still step back, to come in from above or below."""

pathway = pytest.mark.parametrize("name", PATHWAYS)


@pathway
def test_everything_in_a_pathway_is_drawn_once(name: str) -> None:
    drawn, root = drawing(name), tree(name)
    nodes = {each.get("id") for each in root.iterfind(".//bpmn:*[bpmn:incoming]", NS)}
    nodes |= {each.get("id") for each in root.iterfind(".//bpmn:*[bpmn:outgoing]", NS)}
    flows = {each.get("id") for each in root.iterfind(".//bpmn:sequenceFlow", NS)}

    assert nodes <= drawn.shapes.keys()
    assert flows == {arrow.id for arrow in drawn.arrows}


@pathway
def test_no_two_shapes_overlap(name: str) -> None:
    drawn = drawing(name)
    pairs = combinations(drawn.solid.values(), 2)
    wrong = [(a.id, b.id) for a, b in pairs if a.meets(b) and not _on_its_edge(drawn, a.id, b.id)]

    assert not wrong


@pathway
def test_no_arrow_runs_through_a_shape(name: str) -> None:
    drawn = drawing(name)
    wrong = [
        (arrow.id, box.id)
        for arrow in drawn.arrows
        for box in drawn.solid.values()
        if box.id not in {arrow.source, arrow.target, drawn.attached.get(arrow.source)}
        and any(_runs_into(piece, box) for piece in arrow.pieces())
    ]

    assert not wrong


@pathway
def test_every_arrow_runs_level_or_upright_from_shape_to_shape(name: str) -> None:
    drawn = drawing(name)
    for arrow in drawn.arrows:
        assert all(piece.width == 0 or piece.height == 0 for piece in arrow.pieces()), arrow.id
        assert _touches(arrow.points[0], drawn.shapes[arrow.source]), arrow.id
        assert _touches(arrow.points[-1], drawn.shapes[arrow.target]), arrow.id


@pathway
def test_two_arrows_share_a_line_only_if_they_share_an_end(name: str) -> None:
    drawn = drawing(name)
    wrong = [
        (a.id, b.id)
        for a, b in combinations(drawn.arrows, 2)
        if a.source != b.source and a.target != b.target and _share_a_line(a, b)
    ]

    assert not wrong


@pathway
def test_time_goes_from_left_to_right(name: str) -> None:
    drawn = drawing(name)
    start = next(box for box in drawn.shapes.values() if drawn.kinds[box.id] == "startEvent")
    assert start.x == min(box.x for box in drawn.solid.values())

    onward = [arrow for arrow in drawn.arrows if not _leads_back(drawn, arrow)]
    assert len(onward) >= 0.6 * len(drawn.arrows)
    for arrow in onward:
        assert all(b[0] - a[0] >= -EITHER_WAY for a, b in zip(arrow.points, arrow.points[1:], strict=False)), arrow.id


@pathway
def test_words_stand_clear_of_shapes_arrows_and_each_other(name: str) -> None:
    drawn = drawing(name)
    for word in drawn.words.values():
        others = [*drawn.solid.values(), *(other for other in drawn.words.values() if other is not word)]
        assert [other.id for other in others if word.meets(other, by=1)] == [], word.id
        lines = [piece for arrow in drawn.arrows for piece in arrow.pieces() if _runs_into(piece, word)]
        assert [piece.id for piece in lines] == [], word.id


@pathway
def test_every_shape_stands_in_its_owners_lane(name: str) -> None:
    drawn = drawing(name)
    for lane in tree(name).iterfind(".//bpmn:lane", NS):
        row = drawn.shapes[lane.get("id")]
        for member in lane.iterfind("bpmn:flowNodeRef", NS):
            assert row.holds(drawn.shapes[member.text]), (lane.get("id"), member.text)


@pathway
def test_every_task_has_a_short_name_and_every_choice_its_words(name: str) -> None:
    root = tree(name)
    for kind in ("userTask", "callActivity", "sendTask", "businessRuleTask"):
        for task in root.iterfind(f".//bpmn:{kind}", NS):
            assert 3 <= len(task.get("name", "")) <= WIDEST_NAME, task.get("id")
    for gateway in root.iterfind(".//bpmn:exclusiveGateway", NS):
        ways = root.findall(f".//bpmn:sequenceFlow[@sourceRef='{gateway.get('id')}']", NS)
        if len(ways) > 1:
            assert gateway.get("name", "").endswith("?"), gateway.get("id")
            assert all(way.get("name") for way in ways), gateway.get("id")


def _on_its_edge(drawn: Drawing, one: str, other: str) -> bool:
    return drawn.attached.get(one) == other or drawn.attached.get(other) == one


def _runs_into(piece: Box, box: Box) -> bool:
    """Whether a line goes through the inside of a rectangle; along its edge is not through."""
    return piece.x < box.right - 1 and piece.right > box.x + 1 and piece.y < box.bottom - 1 and piece.bottom > box.y + 1


def _touches(point: tuple[float, float], box: Box) -> bool:
    x, y = point
    return box.x - 1 <= x <= box.right + 1 and box.y - 1 <= y <= box.bottom + 1


def _share_a_line(a: Arrow, b: Arrow) -> bool:
    for one in a.pieces():
        for other in b.pieces():
            if one.width and other.width and one.y == other.y and min(one.right, other.right) - max(one.x, other.x) > 1:
                return True
            level = one.height and other.height and one.x == other.x
            if level and min(one.bottom, other.bottom) - max(one.y, other.y) > 1:
                return True
    return False


def _leads_back(drawn: Drawing, arrow: Arrow) -> bool:
    source, target = drawn.shapes[arrow.source], drawn.shapes[arrow.target]
    return target.x < source.right
