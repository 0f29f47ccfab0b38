/** Reads from a parsed diagram what has to be placed: shapes with their owner, arrows, and what holds what. */

export const TASK = { width: 120, height: 80 };
export const GATEWAY = { width: 50, height: 50 };
export const EVENT = { width: 36, height: 36 };

const is = (element, type) => element.$instanceOf?.(type);

/** @returns {{pool, lanes, nodes: Map, flows, boxes}} */
export function readGraph(definitions) {
  const roots = definitions.rootElements;
  const collaboration = roots.find((root) => is(root, 'bpmn:Collaboration'));
  const process = roots.find((root) => is(root, 'bpmn:Process'));
  const graph = { definitions, collaboration, process, pool: collaboration?.participants?.[0], nodes: new Map(), flows: [], boxes: [] };
  graph.lanes = process.laneSets?.[0]?.lanes ?? [];
  const laneOf = new Map();
  graph.lanes.forEach((lane, index) => (lane.flowNodeRef ?? []).forEach((node) => laneOf.set(node.id, index)));
  readScope(process, null, graph, laneOf);
  return graph;
}

function readScope(holder, box, graph, laneOf) {
  for (const element of holder.flowElements ?? []) {
    if (is(element, 'bpmn:SequenceFlow')) graph.flows.push(readFlow(element, box));
    else if (is(element, 'bpmn:FlowNode')) readNode(element, box, graph, laneOf);
  }
}

function readNode(element, box, graph, laneOf) {
  const holds = is(element, 'bpmn:SubProcess');
  if (holds && box) throw new Error(`${element.id}: a sub-process within a sub-process cannot be placed yet`);
  const size = is(element, 'bpmn:Event') ? EVENT : is(element, 'bpmn:Gateway') ? GATEWAY : TASK;
  const node = {
    id: element.id, element, box, holds, ...size,
    name: element.name ?? '',
    lane: laneOf.get(element.id) ?? laneOf.get(box) ?? 0,
    gateway: size === GATEWAY,
    event: size === EVENT,
    start: is(element, 'bpmn:StartEvent'),
    end: is(element, 'bpmn:EndEvent'),
    host: element.attachedToRef?.id ?? null,
  };
  graph.nodes.set(node.id, node);
  if (holds) {
    graph.boxes.push(node);
    readScope(element, node.id, graph, laneOf);
  }
}

const readFlow = (element, box) => ({
  id: element.id, element, box,
  from: element.sourceRef.id,
  to: element.targetRef.id,
  name: element.name ?? '',
  fallback: element.sourceRef.default === element,
});
