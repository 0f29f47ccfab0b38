// Reads a drawing as a list: every step in the order in which a case comes by it, and what there is to say of each.
import { say } from "../words.js";

const KIND = {
  "bpmn:StartEvent": say("Start"),
  "bpmn:EndEvent": say("End"),
  "bpmn:UserTask": say("Task for a person"),
  "bpmn:SendTask": say("Letter"),
  "bpmn:BusinessRuleTask": say("Decision"),
  "bpmn:CallActivity": say("Pathway within this one"),
  "bpmn:SubProcess": say("Group of steps"),
  "bpmn:ExclusiveGateway": say("Choice: one way only"),
  "bpmn:InclusiveGateway": say("Choice: every way that applies"),
  "bpmn:ParallelGateway": say("All ways at once"),
  "bpmn:EventBasedGateway": say("Whatever happens first"),
  "bpmn:IntermediateCatchEvent": say("Wait"),
  "bpmn:IntermediateThrowEvent": say("Event"),
  "bpmn:BoundaryEvent": say("Event during a step"),
};
const WAITS_FOR = { "bpmn:TimerEventDefinition": say("for a time"), "bpmn:MessageEventDefinition": say("for news") };

export const isStep = ({ type, labelTarget, businessObject }) => Boolean(!labelTarget && businessObject?.$instanceOf?.("bpmn:FlowNode") && type);
export const isWay = ({ type }) => type === "bpmn:SequenceFlow";
export const chooses = ({ type }) => type === "bpmn:ExclusiveGateway" || type === "bpmn:InclusiveGateway";
export const ways = (step) => step.outgoing.filter(isWay);
export const called = (step) => step.businessObject.name?.trim() || say("{kind} without a name ({id})", { kind: kind(step), id: step.id });
export const condition = (way) => way.businessObject.conditionExpression?.body ?? "";
export const isOtherwise = (way) => way.source?.businessObject.default === way.businessObject;

export function kind({ type, businessObject }) {
  const words = KIND[type] ?? type.replace("bpmn:", "");
  const event = businessObject.eventDefinitions?.[0];
  return event && WAITS_FOR[event.$type] ? `${words} ${WAITS_FOR[event.$type]}` : words;
}

// Each step after those that lead to it, ways back apart; what happens during a step comes after it.
export function inOrder(elements) {
  const steps = elements.filter(isStep);
  const seen = new Set();
  const visit = (step, container, chunk) => {
    if (seen.has(step) || step.parent !== container) {
      return;
    }
    seen.add(step);
    const next = [...ways(step).map(({ target }) => target), ...(step.attachers ?? [])].filter((each) => each && isStep(each));
    next.reverse().forEach((each) => visit(each, container, chunk));
    chunk.unshift(step);
  };
  return nested(containers(steps).map((container) => {
    const inside = steps.filter(({ parent }) => parent === container);
    const starts = inside.filter(({ type }) => type === "bpmn:StartEvent");
    const loose = inside.filter((step) => !step.host && !step.incoming.some(isWay));
    return [container, [...starts, ...loose, ...inside].flatMap((root) => {
      const chunk = [];
      visit(root, container, chunk);
      return chunk;
    })];
  }));
}

// What stands inside a group follows the group.
function nested(found) {
  const inside = new Map(found);
  const listed = [];
  const add = (steps, depth) => steps.forEach((step) => {
    listed.push({ step, depth });
    add(inside.get(step) ?? [], depth + 1);
  });
  found.filter(([container]) => container.type !== "bpmn:SubProcess").forEach(([, steps]) => add(steps, 0));
  return listed;
}

const containers = (steps) => [...new Set(steps.map(({ parent }) => parent))];

const lanes = (registry) => registry.filter(({ type, children }) => type === "bpmn:Lane" && !children.some((child) => child.type === "bpmn:Lane"));

// The lanes that a step can stand in; none inside a group, which stands in one as a whole.
export function owners(registry, step) {
  return step.host || step.parent?.type !== "bpmn:Participant" ? [] : lanes(registry);
}

export function owner(registry, step) {
  const at = step.host ?? step;
  const lane = lanes(registry).find(({ businessObject }) => businessObject.flowNodeRef?.includes(at.businessObject));
  return lane ?? (at.parent?.type === "bpmn:SubProcess" ? owner(registry, at.parent) : undefined);
}

export function timer({ businessObject }) {
  return businessObject.eventDefinitions?.find(({ $type, timeDuration }) => $type === "bpmn:TimerEventDefinition" && timeDuration);
}
