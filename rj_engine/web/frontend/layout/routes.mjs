/**
 * Runs each arrow along the grid: no way through a shape, no two arrows on one line unless they meet at the same end,
 * as few bends and crossings as can be had, and ways back below.
 */

const MOVES = [[1, 0], [-1, 0], [0, -1], [0, 1]];
export const EAST = 0;
export const WEST = 1;
export const NORTH = 2;
export const SOUTH = 3;
export const BACK = [WEST, EAST, SOUTH, NORTH];
const BEND = 45;
const CROSSING = 80;
const SIDE_PORT = 25;
const FORK = 70;
const CLASH = 700;
const ROUNDS = 12;
const ENOUGH = 4;
const NOMINAL = { track: 7, column: 90, row: 60, edge: 12, border: 4 };

/** @returns {Map<string, {x, y, out}[]>} for each arrow the grid points it runs through */
export function routeAll(graph, grid) {
  const room = new Room(graph, grid);
  const flows = graph.flows.map((flow) => room.describe(flow));
  flows.sort((a, b) => Number(a.backward) - Number(b.backward) || a.reach - b.reach);
  for (const flow of flows) room.route(flow);
  for (let round = 1; round <= ROUNDS; round += 1) {
    room.pressure = round;
    for (const flow of flows) { room.lift(flow); room.route(flow); }
    if (round >= ENOUGH && !flows.some((flow) => room.clashes(flow))) break;
  }
  const lost = flows.filter((flow) => !flow.path || room.clashes(flow)).map((flow) => flow.id);
  if (lost.length) throw new Error(`no clear way found for ${lost.join(', ')}`);
  return new Map(flows.map((flow) => [flow.id, flow.path]));
}

class Room {
  constructor(graph, grid) {
    this.graph = graph;
    this.grid = grid;
    this.width = grid.xs.length;
    this.height = grid.ys.length;
    this.xAt = positions(grid.xs);
    this.yAt = positions(grid.ys);
    this.shapes = new Map();
    this.uses = new Map();
    this.pressure = 1;
    for (const node of graph.nodes.values()) {
      if (!node.host && !node.holds) this.shapes.set(this.key(grid.xOf(node), grid.yOf(node)), node.id);
      else if (node.host && graph.nodes.get(node.host).holds) this.shapes.set(this.key(grid.xOf(node), graph.nodes.get(node.host).edges.bottom), node.id);
    }
  }

  key(x, y) { return x * this.height + y; }

  describe(flow) {
    const from = this.graph.nodes.get(flow.from);
    const to = this.graph.nodes.get(flow.to);
    const seat = from.host ? this.graph.nodes.get(from.host) : from;
    const ways = this.graph.flows.filter((other) => other.from === flow.from).length;
    const starts = this.starts(from, seat);
    const goals = this.goals(to);
    const backward = to.column <= (seat.holds ? seat.right : seat.column);
    const reach = Math.abs(starts[0].x - goals[0].x) + 2 * Math.abs(starts[0].y - goals[0].y);
    return { ...flow, starts, goals, backward, reach, ways, lowest: Math.max(starts[0].y, goals[0].y) };
  }

  starts(from, seat) {
    const { grid } = this;
    if (from.host) return [{ x: grid.xOf(from), y: seat.holds ? seat.edges.bottom : grid.yOf(seat), out: SOUTH, cost: 0 }];
    if (from.holds) return [{ x: from.edges.right, y: this.mainRow(from), out: EAST, cost: 0 }];
    const x = grid.xOf(from);
    const y = grid.yOf(from);
    const guarded = [...this.graph.nodes.values()].some((node) => node.host === from.id);
    const side = from.gateway ? 0 : SIDE_PORT * 2;
    const ports = [{ x, y, out: EAST, cost: 0 }, { x, y, out: SOUTH, cost: side + 5 }, { x, y, out: NORTH, cost: side + 10 }];
    return guarded ? ports.filter((port) => port.out !== SOUTH) : ports;
  }

  goals(to) {
    const { grid } = this;
    if (to.holds) return [{ x: to.edges.left, y: this.mainRow(to), into: EAST, cost: 0 }];
    const x = grid.xOf(to);
    const y = grid.yOf(to);
    const guarded = [...this.graph.nodes.values()].some((node) => node.host === to.id);
    const ports = [{ x, y, into: EAST, cost: 0 }, { x, y, into: NORTH, cost: SIDE_PORT }, { x, y, into: SOUTH, cost: SIDE_PORT + 5 }];
    return guarded ? ports.filter((port) => port.into !== NORTH) : ports;
  }

  mainRow(box) {
    const first = [...this.graph.nodes.values()].find((node) => node.box === box.id && node.start);
    return this.grid.yOf(first);
  }

  lift(flow) {
    for (const point of flow.path ?? []) {
      const here = this.uses.get(this.key(point.x, point.y)) ?? [];
      this.uses.set(this.key(point.x, point.y), here.filter((use) => use.flow !== flow));
    }
    flow.path = null;
  }

  route(flow) {
    const goal = new Map(flow.goals.map((one) => [this.key(one.x, one.y) * 4 + one.into, one.cost]));
    const aim = flow.goals[0];
    const open = new Heap();
    const best = new Map();
    const push = (state, cost, before) => {
      const id = this.key(state.x, state.y) * 4 + state.dir;
      if ((best.get(id)?.cost ?? Infinity) <= cost) return;
      best.set(id, { cost, before, state });
      open.push(cost + 0.9 * (Math.abs(this.xAt[state.x] - this.xAt[aim.x]) + Math.abs(this.yAt[state.y] - this.yAt[aim.y])), id, cost);
    };
    for (const start of flow.starts) {
      const extra = this.meet(flow, start.x, start.y, 1 << start.out, true);
      const next = this.advance(flow, start.x, start.y, start.out);
      if (next) push(next, start.cost + extra + next.cost + this.arrive(flow, goal, next), { x: start.x, y: start.y, out: start.out });
    }
    while (open.size) {
      const { id, cost } = open.pop();
      const found = best.get(id);
      if (found.cost < cost) continue;
      if (goal.has(id)) { this.settle(flow, best, id); return; }
      const { x, y, dir } = found.state;
      if (this.shapes.has(this.key(x, y))) continue;
      for (let out = 0; out < 4; out += 1) {
        if (out === BACK[dir]) continue;
        const extra = this.meet(flow, x, y, (1 << BACK[dir]) | (1 << out));
        const next = this.advance(flow, x, y, out);
        if (next) push(next, cost + extra + next.cost + (out === dir ? 0 : BEND) + this.arrive(flow, goal, next), id);
      }
    }
  }

  advance(flow, x, y, out) {
    const nx = x + MOVES[out][0];
    const ny = y + MOVES[out][1];
    if (nx < 0 || ny < 0 || nx >= this.width || ny >= this.height) return null;
    const shape = this.shapes.get(this.key(nx, ny));
    if (shape && shape !== flow.to) return null;
    if (!this.inScope(flow, nx, ny)) return null;
    let cost = Math.abs(this.xAt[nx] - this.xAt[x]) + Math.abs(this.yAt[ny] - this.yAt[y]);
    if (flow.backward && out === WEST && ny <= flow.lowest) cost *= 2.2;
    if (this.grid.ys[ny].kind === 'border' && (out === EAST || out === WEST)) return null;
    if (this.grid.xs[nx].kind === 'column' && out > WEST && this.grid.ys[ny].kind !== 'row') cost += 2;
    return { x: nx, y: ny, dir: out, cost };
  }

  /** What it costs to end here; nothing where the way goes on. */
  arrive(flow, goal, { x, y, dir }) {
    const port = goal.get(this.key(x, y) * 4 + dir);
    return port === undefined ? 0 : port + this.meet(flow, x, y, 1 << BACK[dir], true);
  }

  inScope(flow, x, y) {
    for (const box of this.graph.boxes) {
      const { left, right, top, bottom } = box.edges;
      if (flow.box === box.id) { if (x <= left || x >= right || y <= top || y >= bottom) return false; } else if (x >= left && x <= right && y >= top && y <= bottom) {
        const begins = x === right && flow.from === box.id;
        const ends = x === left && flow.to === box.id;
        if (!begins && !ends) return false;
      }
    }
    return true;
  }

  /** What it costs to pass a point where others pass: nothing, a crossing, or not allowed. */
  meet(flow, x, y, sides, atEnd = false) {
    let cost = 0;
    for (const use of this.uses.get(this.key(x, y)) ?? []) {
      if (use.flow === flow) continue;
      const merge = use.flow.to === flow.to;
      const fork = use.flow.from === flow.from && flow.ways > 2;
      const overlap = use.sides & sides;
      if (overlap) {
        if (!merge && !fork) { cost += CLASH * this.pressure; continue; }
        cost += fork && !merge ? (atEnd ? FORK * (flow.ways > 3 ? 1 : 3) : 4) : 0;
        continue;
      }
      if (atEnd) continue;
      if (merge || fork) { cost += 6; continue; }
      if (!straight(use.sides) || !straight(sides)) { cost += CLASH * this.pressure; continue; }
      cost += CROSSING;
    }
    return cost;
  }

  /** Whether an arrow still runs on another's line. */
  clashes(flow) {
    return (flow.path ?? []).some((point, index, path) => {
      const sides = (point.into === null ? 0 : 1 << BACK[point.into]) | (point.out === null ? 0 : 1 << point.out);
      return this.meet(flow, point.x, point.y, sides, index === 0 || index === path.length - 1) >= CLASH;
    });
  }

  settle(flow, best, id) {
    const path = [];
    let at = best.get(id);
    let out = null;
    while (true) {
      path.unshift({ x: at.state.x, y: at.state.y, into: at.state.dir, out });
      out = at.state.dir;
      if (typeof at.before === 'object') { path.unshift({ x: at.before.x, y: at.before.y, into: null, out }); break; }
      at = best.get(at.before);
    }
    for (const point of path) {
      const sides = (point.into === null ? 0 : 1 << BACK[point.into]) | (point.out === null ? 0 : 1 << point.out);
      const key = this.key(point.x, point.y);
      this.uses.set(key, [...(this.uses.get(key) ?? []), { flow, sides }]);
    }
    flow.path = path;
  }
}

const straight = (sides) => sides === 3 || sides === 12;

function positions(lines) {
  let at = 0;
  return lines.map((line) => { at += NOMINAL[line.kind]; const here = at; at += NOMINAL[line.kind]; return here; });
}

class Heap {
  constructor() { this.items = []; }

  get size() { return this.items.length; }

  push(rank, id, cost) {
    const { items } = this;
    items.push({ rank, id, cost });
    let child = items.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (items[parent].rank <= items[child].rank) break;
      [items[parent], items[child]] = [items[child], items[parent]];
      child = parent;
    }
  }

  pop() {
    const { items } = this;
    const top = items[0];
    const last = items.pop();
    if (items.length) {
      items[0] = last;
      let parent = 0;
      while (true) {
        const left = 2 * parent + 1;
        const small = [parent, left, left + 1].filter((one) => one < items.length).reduce((a, b) => (items[b].rank < items[a].rank ? b : a));
        if (small === parent) break;
        [items[parent], items[small]] = [items[small], items[parent]];
        parent = small;
      }
    }
    return top;
  }
}
