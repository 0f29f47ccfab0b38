/** Which row within its owner's lane each shape stands in: found by a seeded search, so the same diagram gives the same picture. */

const DEEPEST = 5;
const STEPS = 30000;
const HEAT = 14;
const SEEDS = [12345, 777, 31337];

/** Sets `node.row` (within its lane). */
export function assignRows(graph) {
  const nodes = [...graph.nodes.values()].filter((node) => !node.host && !node.holds);
  const weigh = weigher(graph, nodes);
  let best = { cost: Infinity };
  for (const seed of SEEDS) {
    const found = search(nodes, weigh, chains(graph, nodes), seed);
    if (found.cost < best.cost) best = found;
  }
  nodes.forEach((node, index) => { node.row = best.rows[index]; });
  closeGaps(graph, nodes);
}

/** Simulated cooling: shapes change rows, or swap; changes for the worse are taken less and less. */
function search(nodes, weigh, chain, seed) {
  const taken = new Map();
  const cell = (node, row) => (node.lane * 16 + row) * 256 + node.column;
  const settle = (node, row) => { node.row = row; taken.set(cell(node, row), node); };
  for (const node of nodes) {
    let row = 0;
    while (taken.has(cell(node, row))) row += 1;
    settle(node, row);
  }
  const deepest = Math.max(DEEPEST, ...nodes.map((node) => node.row + 1));
  const move = (node, to) => {
    const from = node.row;
    const other = taken.get(cell(node, to));
    taken.delete(cell(node, from));
    if (other) settle(other, from);
    settle(node, to);
  };
  const random = lottery(seed);
  let cost = weigh();
  let best = { cost, rows: nodes.map((node) => node.row) };
  for (let step = 0; step < STEPS; step += 1) {
    const heat = HEAT * (1 - step / STEPS) ** 2 + 0.01;
    const node = nodes[Math.floor(random() * nodes.length)];
    const from = node.row;
    const to = Math.floor(random() * deepest);
    if (to === from) continue;
    const moving = random() < 0.5 ? [node] : chain(node, random() < 0.5);
    const before = nodes.map((each) => each.row);
    for (const each of moving) if (each.row === from) move(each, to);
    const now = weigh();
    if (now <= cost || random() < Math.exp((cost - now) / heat)) {
      cost = now;
      if (cost < best.cost) best = { cost, rows: nodes.map((each) => each.row) };
    } else {
      taken.clear();
      nodes.forEach((each, index) => settle(each, before[index]));
    }
  }
  return best;
}

/** What follows a shape on its main line, or leads to it: a line is straightened by moving all of it. */
function chains(graph, nodes) {
  const next = new Map();
  const previous = new Map();
  for (const flow of graph.flows) {
    const [from, to] = [graph.nodes.get(flow.from), graph.nodes.get(flow.to)];
    if (flow.fallback || from.host || from.lane !== to.lane || to.column <= from.column) continue;
    if (!next.has(from)) next.set(from, to);
    if (!previous.has(to)) previous.set(to, from);
  }
  return (node, ahead) => {
    const found = [];
    for (let at = node; at && nodes.includes(at) && !found.includes(at); at = (ahead ? next : previous).get(at)) found.push(at);
    return found;
  };
}

/** The same seed, the same draws: a diagram looks the same each time it is placed. */
function lottery(seed) {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

function weigher(graph, nodes) {
  const seat = (id) => { const node = graph.nodes.get(id); return node.host ? graph.nodes.get(node.host) : node; };
  const spine = mainLine(graph);
  const flows = graph.flows.map((flow) => {
    const [from, to] = [seat(flow.from), seat(flow.to)];
    const edge = Boolean(graph.nodes.get(flow.from).host);
    const back = to.column <= from.column;
    const pull = edge || from.lane !== to.lane ? 0.7 : back ? 0.8 : spine.has(flow.id) ? 8 : flow.fallback ? 1 : 2.5;
    return { from, to, edge, pull, fallback: flow.fallback };
  });
  const level = (node) => node.lane * 12 + node.row;
  const boxes = graph.boxes.map((box) => [box, nodes.filter((node) => node.box === box.id)]);
  return () => {
    const at = new Map(nodes.map((node) => [level(node) * 100 + node.column, node]));
    const used = new Set(nodes.map(level));
    let cost = 2 * used.size;
    for (const node of nodes) cost += node.end ? 0.1 * node.row : 0.4 * node.row;
    for (const [box, inside] of boxes) { box.row = inside.find((node) => node.start)?.row ?? 0; box.lowest = Math.max(...inside.map((node) => node.row)); }
    for (const flow of flows) cost += wire(flow, at, level) + above(flow, level);
    return cost;
  };
}

/** From each start the first way out of everything, which authors draw as the usual one. */
function mainLine(graph) {
  const spine = new Set();
  for (const start of graph.nodes.values()) {
    if (!start.start) continue;
    const seen = new Set();
    for (let at = start; at && !seen.has(at);) {
      seen.add(at);
      const from = at.id;
      const flow = graph.flows.find((one) => one.from === from && !one.fallback);
      if (flow) spine.add(flow.id);
      at = flow && graph.nodes.get(flow.to);
    }
  }
  return spine;
}

/** Waiting and ways that lead off the main line belong below it. */
function above({ from, to, fallback }, level) {
  if (from.lane !== to.lane) return 0;
  const higher = level(from) - level(to);
  if (waits(to) || fallback) return higher > 0 ? 4 : 0;
  return waits(from) && higher < 0 ? 4 : 0;
}

const waits = (node) => node.event && !node.start && !node.end;

function wire({ from, to, pull, edge }, at, level) {
  const a = edge ? level(from) + (from.lowest ?? 0) - (from.row ?? 0) + 1 : level(from);
  const b = level(to);
  let cost = pull * Math.abs(a - b);
  if (to.column <= from.column) return 0.4 * cost + 1;
  if (a === b) {
    const begin = from.holds ? from.right : from.column;
    for (let column = begin + 1; column < to.column; column += 1) if (at.has(a * 100 + column)) cost += 9;
  } else {
    cost += 1;
    for (let row = Math.min(a, b) + 1; row < Math.max(a, b); row += 1) if (at.has(row * 100 + from.column) && at.has(row * 100 + to.column)) cost += 4;
    const turn = (column, row) => at.has(row * 100 + column);
    let across = 0; let down = 0;
    for (let column = from.column + 1; column < to.column; column += 1) { if (turn(column, a)) across += 1; if (turn(column, b)) down += 1; }
    cost += 3 * Math.min(across, down);
  }
  return cost;
}

function closeGaps(graph, nodes) {
  graph.lanes.forEach((_lane, index) => {
    const mine = nodes.filter((node) => node.lane === index);
    const rows = [...new Set(mine.map((node) => node.row))].sort((a, b) => a - b);
    for (const node of mine) node.row = rows.indexOf(node.row);
  });
}
