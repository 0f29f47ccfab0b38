/** Finds a clear place for every name that stands outside its shape, and for the words on arrows. */

import { measure } from './text.mjs';

const CLEAR = 3;
const LEAST = 12;

/** Sets `node.label` and `flow.label`. @returns {string[]} ids whose label could not be placed clear of everything */
export function placeLabels(graph, lines) {
  const shapes = [...graph.nodes.values()].filter((node) => !node.holds);
  const walls = [...graph.boxes, ...graph.laneBounds].flatMap((box) => frame(box));
  const taken = shapes.map((node) => ({ ...rect(node), node }));
  const segments = [...lines].flatMap(([id, points]) => points.slice(1).map((point, index) => ({ id, a: points[index], b: point }))).concat(walls);
  const crowded = [];
  for (const node of shapes) {
    if (!node.name || !(node.gateway || node.event)) continue;
    node.label = choose(nodeSpots(node, measure(node.name)), taken, segments, () => crowded.push(node.id), graph);
    taken.push(node.label);
  }
  for (const flow of graph.flows) {
    if (!flow.name) continue;
    flow.label = choose(flowSpots(lines.get(flow.id), measure(flow.name), { skip: shared(graph, flow, lines), stop: joined(graph, flow, lines), first: flow.fallback ? 20 : 5 }), taken, segments, () => crowded.push(flow.id), graph);
    taken.push(flow.label);
  }
  return crowded;
}

const rect = ({ x, y, width, height }) => ({ x, y, width, height });

function frame({ x, y, width, height }) {
  const [a, b, c, d] = [{ x, y }, { x: x + width, y }, { x: x + width, y: y + height }, { x, y: y + height }];
  return [{ id: 'frame', a, b }, { id: 'frame', a: b, b: c }, { id: 'frame', a: c, b: d }, { id: 'frame', a: d, b: a }];
}

function nodeSpots(node, size) {
  const middle = node.x + node.width / 2 - size.width / 2;
  const below = { x: middle, y: node.y + node.height + 4 };
  const above = { x: middle, y: node.y - size.height - 4 };
  const corners = [
    { x: node.x + node.width / 2 + 8, y: node.y - size.height + 4 }, { x: node.x + node.width / 2 - 8 - size.width, y: node.y - size.height + 4 },
    { x: node.x + node.width / 2 + 8, y: node.y + node.height + 2 }, { x: node.x + node.width / 2 - 8 - size.width, y: node.y + node.height + 2 },
    { x: node.x - size.width - 4, y: node.y + node.height / 2 - size.height - 4 }, { x: node.x + node.width + 4, y: node.y + node.height / 2 - size.height - 4 },
  ];
  const order = node.gateway ? [above, below, ...corners] : [below, above, ...corners];
  return order.map((spot, rank) => ({ ...spot, ...size, rank }));
}

/** How far an arrow runs together with another from the same gateway: words there would belong to both. */
function shared(graph, flow, lines) {
  const own = lines.get(flow.id);
  return Math.max(0, ...graph.flows.filter((other) => other.from === flow.from && other !== flow).map((other) => together(own, lines.get(other.id))));
}

/** How far before its end an arrow has joined others that arrive at the same shape. */
function joined(graph, flow, lines) {
  const own = [...lines.get(flow.id)].reverse();
  return Math.max(0, ...graph.flows.filter((other) => other.to === flow.to && other !== flow).map((other) => together(own, [...lines.get(other.id)].reverse())));
}

function together(a, b) {
  if (a[0].x !== b[0].x || a[0].y !== b[0].y) return 0;
  let walked = 0;
  for (let index = 1; index < a.length && index < b.length; index += 1) {
    const [p, q, start] = [a[index], b[index], a[index - 1]];
    if (Math.sign(p.x - start.x) !== Math.sign(q.x - start.x) || Math.sign(p.y - start.y) !== Math.sign(q.y - start.y)) return walked;
    const step = (end) => Math.abs(end.x - start.x) + Math.abs(end.y - start.y);
    walked += Math.min(step(p), step(q));
    if (step(p) !== step(q)) return walked;
  }
  return walked;
}

function flowSpots(points, size, { skip, stop, first }) {
  const spots = [];
  let walked = 0;
  for (let index = 1; index < points.length; index += 1) {
    const [a, b] = [points[index - 1], points[index]];
    const length = Math.abs(a.x - b.x) + Math.abs(a.y - b.y);
    const along = Math.sign(b.x - a.x);
    if (a.y === b.y) {
      const begin = walked ? 5 : first;
      for (let off = begin; off + size.width <= length - 3 || off === begin; off += 8) {
        const x = along > 0 ? a.x + off : a.x - off - size.width;
        const over = off + size.width <= length - 3 ? 0 : 60;
        spots.push({ x, y: a.y - size.height - 2, ...size, far: walked + off, rank: walked + off + over }, { x, y: a.y + 3, ...size, far: walked + off, rank: walked + off + over + 12 });
      }
    } else {
      const down = Math.sign(b.y - a.y);
      const begin = walked ? 6 : first + 1;
      for (let off = begin; off + size.height <= length || off === begin; off += 8) {
        const y = down > 0 ? a.y + off : a.y - off - size.height;
        spots.push({ x: a.x + 5, y, ...size, far: walked + off, rank: walked + off + 8 }, { x: a.x - 5 - size.width, y, ...size, far: walked + off, rank: walked + off + 14 });
      }
    }
    walked += length;
  }
  const clear = spots.filter((spot) => spot.far >= skip && spot.far <= walked - stop - LEAST);
  if (!clear.length) return spots.sort((a, b) => a.rank - b.rank);
  // Words of a way that parts from others late stand where it arrives: there they can be about nothing else.
  return skip > 0 ? clear.sort((a, b) => b.far - a.far) : clear.sort((a, b) => a.rank - b.rank);
}

function choose(spots, taken, segments, crowded, graph) {
  let best = null;
  for (const spot of spots) {
    const faults = taken.filter((other) => overlap(spot, other)).length * 3 + segments.filter((segment) => touches(spot, segment)).length
      + (inside(spot, graph.bounds) ? 0 : 5);
    if (!faults) return spot;
    if (!best || faults < best.faults) best = { ...spot, faults };
  }
  crowded();
  return best;
}

const inside = (a, b) => a.x >= b.x + 62 && a.y >= b.y + 2 && a.x + a.width <= b.x + b.width - 2 && a.y + a.height <= b.y + b.height - 2;
export const overlap = (a, b) => a.x < b.x + b.width + CLEAR && b.x < a.x + a.width + CLEAR && a.y < b.y + b.height + 1 && b.y < a.y + a.height + 1;

export function touches(box, { a, b }) {
  const [left, right] = [Math.min(a.x, b.x), Math.max(a.x, b.x)];
  const [top, bottom] = [Math.min(a.y, b.y), Math.max(a.y, b.y)];
  return left < box.x + box.width + 1 && right > box.x - 1 && top < box.y + box.height && bottom > box.y;
}
