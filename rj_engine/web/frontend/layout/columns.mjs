/** Which column each shape stands in. ELK's layered algorithm decides, scope by scope, so that arrows point right. */

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
  'elk.layered.layering.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.spacing.nodeNodeBetweenLayers': '40',
  'elk.spacing.nodeNode': '30',
};

/** Sets `node.column`, and `box.left`, `box.right` for what a box holds. @returns {Promise<number>} how many columns */
export async function assignColumns(graph, elk) {
  const outer = await layers(graph, elk, null);
  const shifts = new Map();
  for (const box of graph.boxes) {
    const inner = await layers(graph, elk, box.id);
    box.span = 1 + Math.max(...inner.values());
    box.inner = inner;
  }
  let next = 0;
  const last = Math.max(...outer.values());
  for (let layer = 0; layer <= last; layer += 1) {
    shifts.set(layer, next);
    const boxes = graph.boxes.filter((box) => outer.get(box.id) === layer);
    next += boxes.length ? Math.max(...boxes.map((box) => box.span)) : 1;
  }
  for (const [id, layer] of outer) graph.nodes.get(id).column = shifts.get(layer);
  for (const box of graph.boxes) placeInside(graph, box);
  for (const node of graph.nodes.values()) if (node.host) placeOnEdge(graph, node);
  return next;
}

function placeInside(graph, box) {
  box.left = box.column;
  box.right = box.column + box.span - 1;
  for (const [id, layer] of box.inner) graph.nodes.get(id).column = box.left + layer;
}

/** Events on the edge of a box stand near its right end, in the order drawn, closer in a narrow box; on a task, in its middle. */
function placeOnEdge(graph, event) {
  const host = graph.nodes.get(event.host);
  const beside = [...graph.nodes.values()].filter((node) => node.host === event.host);
  const apart = host.holds && host.right - host.left < 2 * beside.length - 1 ? 1 : 2;
  event.column = host.holds ? host.right - apart * (beside.length - 1 - beside.indexOf(event)) - 1 : host.column;
}

async function layers(graph, elk, box) {
  const nodes = [...graph.nodes.values()].filter((node) => node.box === box && !node.host);
  const seat = (id) => graph.nodes.get(id).host ?? id;
  const edges = graph.flows.filter((flow) => flow.box === box)
    .map((flow) => ({ id: flow.id, sources: [seat(flow.from)], targets: [flow.to] }));
  const children = nodes.map((node) => ({ id: node.id, width: 100, height: 80, layoutOptions: node.start ? { 'elk.layered.layering.layerConstraint': 'FIRST' } : {} }));
  const placed = await elk.layout({ id: 'scope', layoutOptions: OPTIONS, children, edges });
  const steps = [...new Set(placed.children.map((child) => Math.round(child.x)))].sort((a, b) => a - b);
  return new Map(placed.children.map((child) => [child.id, steps.indexOf(Math.round(child.x))]));
}
