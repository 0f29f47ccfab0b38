/** Turns lines of the grid into pixels: gaps as wide as the arrows in them need, rows as high as their shapes and labels. */

import { BACK, EAST, NORTH, SOUTH } from './routes.mjs';
import { measure } from './text.mjs';

const GAP_X = 34;
const GAP_Y = 26;
const STEP_X = 16;
const STEP_Y = 20;
const EDGE_ROOM = 14;
const ARROW = 34;
const UNDER_BOX = 84;
const EMPTY = { before: 40, after: 40 };
export const POOL_TITLE = 30;
export const LANE_TITLE = 30;
const MARGIN = 20;

/** Sets x, y of every shape, `graph.size`, lane and box bounds. @returns {Map} arrow id to its corner points */
export function toPixels(graph, grid, paths) {
  const used = usedLines(paths);
  const halves = rowHalves(graph);
  const needed = labelRoom(graph, paths);
  const across = spread(grid.xs, used.x, (line) => columnHalf(graph, line), GAP_X, STEP_X, needed);
  const down = spread(grid.ys, used.y, (line) => halves.get(`${line.lane}.${line.row}`) ?? EMPTY, GAP_Y, STEP_Y, { before: new Map(), after: new Map() });
  const left = MARGIN + POOL_TITLE + LANE_TITLE;
  const x = across.at.map((value) => value + left);
  const y = down.at.map((value) => value + MARGIN);
  for (const node of graph.nodes.values()) placeNode(graph, grid, node, x, y);
  for (const box of graph.boxes) {
    const { edges } = box;
    Object.assign(box, { x: x[edges.left], y: y[edges.top], width: x[edges.right] - x[edges.left], height: y[edges.bottom] - y[edges.top] });
  }
  graph.bounds = { x: MARGIN, y: MARGIN, width: POOL_TITLE + LANE_TITLE + across.total, height: down.total };
  const borders = grid.ys.map((line, index) => (line.kind === 'border' ? y[index] : null)).filter((one) => one !== null);
  graph.laneBounds = graph.lanes.map((_lane, index) => ({ x: MARGIN + POOL_TITLE, y: borders[index], width: LANE_TITLE + across.total, height: borders[index + 1] - borders[index] }));
  return new Map([...paths].map(([id, path]) => [id, corners(graph, id, path.map((point) => ({ x: x[point.x], y: y[point.y] })))]));
}

function usedLines(paths) {
  const used = { x: new Set(), y: new Set() };
  for (const path of paths.values()) {
    for (const point of path) {
      const out = point.out ?? point.into;
      const into = point.into ?? point.out;
      if (out > 1 || into > 1) used.x.add(point.x);
      if (out < 2 || into < 2) used.y.add(point.y);
    }
  }
  return used;
}

const columnHalf = (graph, line) => Math.max(18, ...[...graph.nodes.values()].filter((node) => !node.holds && !node.host && node.column === line.column).map(roomBeside));
const roomBeside = (node) => Math.max(node.width / 2, node.event && node.name ? Math.min(measure(node.name).width, 90) / 2 : 0);

function rowHalves(graph) {
  const halves = new Map();
  for (const node of graph.nodes.values()) {
    if (node.holds || node.host) continue;
    const key = `${node.lane}.${node.row}`;
    const half = halves.get(key) ?? { before: 18, after: 18 };
    const label = node.name && (node.gateway || node.event) ? measure(node.name).height + 6 : 0;
    half.before = Math.max(half.before, node.height / 2 + (node.gateway ? label : 0));
    half.after = Math.max(half.after, node.height / 2 + (node.event ? label : 0), [...graph.nodes.values()].some((one) => one.host === node.id) ? 90 : 0);
    halves.set(key, half);
  }
  return halves;
}

/** How wide the gaps before and after each column must be for the words beside its gateways and on their arrows. */
function labelRoom(graph, paths) {
  const needed = { before: new Map(), after: new Map() };
  const ask = (side, column, room) => needed[side].set(column, Math.max(needed[side].get(column) ?? 0, room));
  for (const flow of graph.flows) {
    const from = graph.nodes.get(flow.from);
    if (!flow.name || !from.gateway) continue;
    const path = paths.get(flow.id);
    const wide = measure(flow.name).width;
    const siblings = graph.flows.filter((other) => other !== flow && other.from === flow.from);
    if (siblings.some((other) => paths.get(other.id)[0].out === path[0].out)) {
      if (path.at(-1).into === EAST) ask('before', graph.nodes.get(flow.to).column, wide + ARROW);
    }
    const east = path[0].out === EAST;
    ask('after', from.column, wide + (east ? 16 : 10) - columnHalf(graph, from) + (east ? from.width / 2 : 0));
  }
  for (const node of graph.nodes.values()) {
    if (!node.gateway || !node.name) continue;
    const ports = new Set(graph.flows.flatMap((flow) => [...(flow.from === node.id ? [paths.get(flow.id)[0].out] : []), ...(flow.to === node.id ? [BACK[paths.get(flow.id).at(-1).into]] : [])]));
    if (ports.has(NORTH) && ports.has(SOUTH)) ask('before', node.column, measure(node.name).width + 16 - columnHalf(graph, node));
  }
  return needed;
}

function spread(lines, used, halfOf, gap, step, needed) {
  const at = new Array(lines.length).fill(0);
  let cursor = 0;
  let column = -1;
  for (let index = 0; index < lines.length;) {
    const line = lines[index];
    if (line.kind === 'track') {
      let end = index;
      while (lines[end]?.kind === 'track') end += 1;
      const taken = [];
      for (let one = index; one < end; one += 1) if (used.has(one)) taken.push(one);
      const beside = lines[index - 1]?.under ? UNDER_BOX : [lines[index - 1]?.kind, lines[end]?.kind].includes('edge') ? EDGE_ROOM : gap;
      const following = lines[end]?.column;
      const lead = needed.after.get(column) ?? 0;
      const tail = needed.before.get(following) ?? 0;
      const wide = Math.max(beside, lead + tail + step * (taken.length + 1));
      const apart = lead || tail ? step : wide / (taken.length + 1);
      const spare = lead || !tail ? Math.max(0, wide - tail - apart * (taken.length + 1)) : 0;
      taken.forEach((one, rank) => { at[one] = cursor + spare + apart * (rank + 1); });
      cursor += wide;
      index = end;
      continue;
    }
    if (line.kind === 'column' || line.kind === 'row') {
      const half = halfOf(line);
      cursor += half.before ?? half;
      at[index] = cursor;
      cursor += half.after ?? half;
      column = line.column ?? -1;
    } else { at[index] = cursor; column = -1; }
    index += 1;
  }
  return { at, total: cursor };
}

function placeNode(graph, grid, node, x, y) {
  if (node.holds) return;
  const host = node.host && graph.nodes.get(node.host);
  const middle = { x: x[grid.xOf(node)], y: host ? (host.holds ? y[host.edges.bottom] : y[grid.yOf(host)] + host.height / 2) : y[grid.yOf(node)] };
  node.x = middle.x - node.width / 2;
  node.y = middle.y - node.height / 2;
}

/** The corners of one arrow, cut off at the borders of the shapes it joins. */
function corners(graph, id, points) {
  const flow = graph.flows.find((one) => one.id === id);
  const kept = points.filter((point, index) => {
    const before = points[index - 1];
    const after = points[index + 1];
    return !before || !after || !((before.x === point.x && point.x === after.x) || (before.y === point.y && point.y === after.y));
  });
  const from = graph.nodes.get(flow.from);
  const to = graph.nodes.get(flow.to);
  kept[0] = border(from, kept[0], kept[1]);
  kept[kept.length - 1] = border(to, kept.at(-1), kept.at(-2));
  return kept;
}

function border(node, end, next) {
  if (node.holds) return end;
  const middle = { x: node.x + node.width / 2, y: node.y + node.height / 2 };
  if (next.y === end.y) return { x: middle.x + Math.sign(next.x - end.x) * (node.width / 2), y: end.y };
  return { x: end.x, y: middle.y + Math.sign(next.y - end.y) * (node.height / 2) };
}
