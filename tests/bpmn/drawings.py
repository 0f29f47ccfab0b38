"""A shipped diagram as its drawing: shapes, arrows and words with their places, read from the file alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from lxml import etree

from rj_engine import bpmn

NS = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "camunda": "http://camunda.org/schema/1.0/bpmn",
}
HOLDERS = {"participant", "lane", "subProcess"}
PATHWAYS = sorted(bpmn.pathways())


@dataclass(frozen=True)
class Box:
    """A rectangle, in pixels."""

    id: str
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    def meets(self, other: Box, by: float = 0) -> bool:
        """Whether the two overlap by more than `by` pixels each way."""
        return (
            min(self.right, other.right) - max(self.x, other.x) > by
            and min(self.bottom, other.bottom) - max(self.y, other.y) > by
        )

    def holds(self, other: Box) -> bool:
        """Whether the other lies within."""
        return self.x <= other.x and self.y <= other.y and other.right <= self.right and other.bottom <= self.bottom


@dataclass(frozen=True)
class Arrow:
    """One arrow and the pieces it is drawn in."""

    id: str
    source: str
    target: str
    points: tuple[tuple[float, float], ...]

    def pieces(self) -> list[Box]:
        """Each piece as a rectangle without breadth."""
        ends = zip(self.points, self.points[1:], strict=False)
        return [
            Box(self.id, min(ax, bx), min(ay, by), abs(ax - bx), abs(ay - by)) for (ax, ay), (bx, by) in ends
        ]  # fmt: skip


@dataclass
class Drawing:
    """Everything that is drawn of one pathway."""

    kinds: dict[str, str]
    shapes: dict[str, Box] = field(default_factory=dict)
    words: dict[str, Box] = field(default_factory=dict)
    arrows: list[Arrow] = field(default_factory=list)
    attached: dict[str, str] = field(default_factory=dict)

    @property
    def solid(self) -> dict[str, Box]:
        """Shapes that hold no others."""
        return {name: box for name, box in self.shapes.items() if self.kinds[name] not in HOLDERS}


@cache
def tree(pathway: str) -> Any:
    """The file as XML; untyped, as every attribute we read is known to be there."""
    return etree.fromstring(bpmn.pathways()[pathway])


@cache
def drawing(pathway: str) -> Drawing:
    """The drawing of one pathway."""
    root = tree(pathway)
    found = Drawing({each.get("id"): etree.QName(each).localname for each in root.iterfind(".//bpmn:*[@id]", NS)})
    for event in root.iterfind(".//bpmn:boundaryEvent", NS):
        found.attached[event.get("id")] = event.get("attachedToRef")
    for shape in root.iterfind(".//bpmndi:BPMNShape", NS):
        name = shape.get("bpmnElement")
        found.shapes[name] = _box(name, shape.find("dc:Bounds", NS))
        _words(found, name, shape)
    for edge in root.iterfind(".//bpmndi:BPMNEdge", NS):
        name = edge.get("bpmnElement")
        flow = root.find(f".//bpmn:sequenceFlow[@id='{name}']", NS)
        points = tuple((float(one.get("x")), float(one.get("y"))) for one in edge.iterfind("di:waypoint", NS))
        found.arrows.append(Arrow(name, flow.get("sourceRef"), flow.get("targetRef"), points))
        _words(found, name, edge)
    return found


def _words(found: Drawing, name: str, shape: Any) -> None:
    bounds = shape.find("bpmndi:BPMNLabel/dc:Bounds", NS)
    if bounds is not None:
        found.words[name] = _box(name, bounds)


def _box(name: str, bounds: Any) -> Box:
    return Box(name, *(float(bounds.get(side)) for side in ("x", "y", "width", "height")))
