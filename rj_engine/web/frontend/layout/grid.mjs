/**
 * The lines that arrows may run along: through the middle of every column and row, and several tracks in each gap
 * between them. Edges of boxes are lines too, so that no arrow runs along or across one by mistake.
 */

export const TRACKS = 6;

/** @returns {{xs, ys, xOf, yOf, edges}} lines from left to right and top to bottom, and where each shape stands */
export function makeGrid(graph, columns) {
  const xs = [];
  const ys = [];
  const columnLine = [];
  const rowLine = new Map();
  const boxEdges = new Map(graph.boxes.map((box) => [box.id, {}]));
  const gap = (lines, where) => { for (let track = 0; track < TRACKS; track += 1) lines.push({ kind: 'track', where, track }); };
  for (let column = 0; column < columns; column += 1) {
    gap(xs, `before ${column}`);
    for (const box of graph.boxes) if (box.left === column) { boxEdges.get(box.id).left = xs.push({ kind: 'edge' }) - 1; gap(xs, `inside ${column}`); }
    columnLine[column] = xs.push({ kind: 'column', column }) - 1;
    for (const box of graph.boxes) if (box.right === column) { gap(xs, `end ${column}`); boxEdges.get(box.id).right = xs.push({ kind: 'edge' }) - 1; }
  }
  gap(xs, 'after');
  const nodes = [...graph.nodes.values()].filter((node) => !node.host && !node.holds);
  const count = Math.max(1, graph.lanes.length);
  for (let lane = 0; lane < count; lane += 1) {
    const mine = nodes.filter((node) => node.lane === lane);
    const rows = 1 + Math.max(0, ...mine.map((node) => node.row));
    ys.push({ kind: 'border', lane });
    for (let row = 0; row < rows; row += 1) {
      gap(ys, `above ${lane}.${row}`);
      for (const box of boxesAt(graph, lane, row, 'top')) { boxEdges.get(box.id).top = ys.push({ kind: 'edge' }) - 1; gap(ys, `within ${lane}.${row}`); }
      rowLine.set(`${lane}.${row}`, ys.push({ kind: 'row', lane, row }) - 1);
      for (const box of boxesAt(graph, lane, row, 'bottom')) { gap(ys, `end ${lane}.${row}`); boxEdges.get(box.id).bottom = ys.push({ kind: 'edge', under: true }) - 1; }
    }
    gap(ys, `below ${lane}`);
  }
  ys.push({ kind: 'border', lane: count });
  const grid = { xs, ys, boxEdges };
  grid.xOf = (node) => columnLine[node.column];
  grid.yOf = (node) => rowLine.get(`${node.lane}.${node.row}`);
  for (const box of graph.boxes) box.edges = boxEdges.get(box.id);
  return grid;
}

function boxesAt(graph, lane, row, side) {
  return graph.boxes.filter((box) => {
    const inside = [...graph.nodes.values()].filter((node) => node.box === box.id && !node.host);
    const ranks = inside.map((node) => node.lane * 100 + node.row);
    return lane * 100 + row === (side === 'top' ? Math.min(...ranks) : Math.max(...ranks));
  });
}
