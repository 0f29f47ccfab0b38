/** Writes places into the diagram's own notation, so that any BPMN tool shows the same picture. */

const NOTATION = 'bpmndi';

export function writeDrawing(moddle, graph, lines) {
  const create = (type, values) => moddle.create(type, values);
  const bounds = ({ x, y, width, height }) => create('dc:Bounds', { x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) });
  const label = (spot) => (spot ? create(`${NOTATION}:BPMNLabel`, { bounds: bounds(spot) }) : undefined);
  const shape = (element, at, more = {}) => create(`${NOTATION}:BPMNShape`, { id: `shape_${element.id}`, bpmnElement: element, bounds: bounds(at), ...more });
  const parts = [];
  if (graph.pool) parts.push(shape(graph.pool, graph.bounds, { isHorizontal: true }));
  graph.lanes.forEach((lane, index) => parts.push(shape(lane, graph.laneBounds[index], { isHorizontal: true })));
  const nodes = [...graph.nodes.values()];
  const ordered = [...nodes.filter((node) => node.holds), ...nodes.filter((node) => !node.holds && !node.host), ...nodes.filter((node) => node.host)];
  for (const node of ordered) parts.push(shape(node.element, node, { label: label(node.label), ...(node.holds ? { isExpanded: true } : {}) }));
  for (const flow of graph.flows) {
    const waypoint = lines.get(flow.id).map(({ x, y }) => create('dc:Point', { x: Math.round(x), y: Math.round(y) }));
    parts.push(create(`${NOTATION}:BPMNEdge`, { id: `edge_${flow.id}`, bpmnElement: flow.element, waypoint, label: label(flow.label) }));
  }
  const plane = create(`${NOTATION}:BPMNPlane`, { id: `plane_${graph.process.id}`, bpmnElement: graph.collaboration ?? graph.process, planeElement: parts });
  for (const part of parts) part.$parent = plane;
  graph.definitions.diagrams = [create(`${NOTATION}:BPMNDiagram`, { id: `diagram_${graph.process.id}`, plane })];
}
