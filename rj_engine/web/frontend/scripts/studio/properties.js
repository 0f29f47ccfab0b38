// The properties of this house, in a small group of their own; groups that the product would refuse are not offered.
import { SelectEntry, TextAreaEntry, TextFieldEntry, isSelectEntryEdited, isTextAreaEntryEdited, isTextFieldEntryEdited } from "@bpmn-io/properties-panel";
import { h } from "@bpmn-io/properties-panel/preact";
import { useService } from "bpmn-js-properties-panel";
import { say } from "./words.js";

const AFTER_THE_OTHERS = 400;
// What a pathway may not hold: scripts, listeners, code and what only another product reads.
const REFUSED = /Listener|Connector|Input|Output|JobExecution|CandidateStarter|HistoryCleanup|Tasklist|ExternalTask|FieldInjection|BusinessKey|Implementation|StartInitiator|UserAssignment|Form$|FormData|AsynchronousContinuations|VersionTag|ErrorEvent|Mapping|Error/;

const TASKS = ["bpmn:UserTask", "bpmn:SendTask"];
const NODES = [...TASKS, "bpmn:CallActivity", "bpmn:SubProcess", "bpmn:StartEvent", "bpmn:EndEvent"];
export const KINDS = {
  form: { label: say("Form"), on: ["bpmn:UserTask"], attribute: "camunda:formKey" },
  due: { label: say("Clock by which it is due"), on: ["bpmn:UserTask"], attribute: "camunda:dueDate" },
  effect: { label: say("Effect"), on: TASKS },
  party: { label: say("About whom"), on: TASKS },
  stage: { label: say("Stage"), on: NODES },
  min_level: { label: say("Least level of training"), on: ["bpmn:UserTask"] },
  letter: { label: say("Letter"), on: ["bpmn:SendTask"] },
  victim_text: { label: say("What the victim is told"), on: NODES, long: true },
  guidance: { label: say("Guidance for who does it"), on: ["bpmn:UserTask"], long: true },
};

const properties = (element) =>
  element.businessObject.extensionElements?.values?.find(({ $type }) => $type === "camunda:Properties");

export function read(element, name, { attribute }) {
  if (attribute) {
    return element.businessObject.get(attribute) ?? "";
  }
  return properties(element)?.values?.find((one) => one.name === name)?.value ?? "";
}

export function write(element, name, { attribute }, value, modeling, factory) {
  const about = element.businessObject;
  if (attribute) {
    modeling.updateProperties(element, { [attribute]: value || undefined });
    return;
  }
  const before = properties(element);
  const others = (before?.values ?? []).filter((one) => one.name !== name);
  const values = value ? [...others, factory.create("camunda:Property", { name, value })] : others;
  const kept = (about.extensionElements?.values ?? []).filter((one) => one !== before);
  const after = values.length ? [factory.create("camunda:Properties", { values })] : [];
  const extension = [...kept, ...after];
  modeling.updateProperties(element, {
    extensionElements: extension.length ? factory.create("bpmn:ExtensionElements", { values: extension }) : undefined,
  });
}

function entry(name, kind, choices) {
  const component = ({ element, id }) => {
    const modeling = useService("modeling");
    const factory = useService("bpmnFactory");
    const debounce = useService("debounceInput");
    const shared = {
      element, id, label: kind.label, debounce,
      getValue: () => read(element, name, kind),
      setValue: (value) => write(element, name, kind, value, modeling, factory),
    };
    if (choices) {
      const known = choices.some(({ value }) => value === shared.getValue());
      const unknown = known || !shared.getValue() ? [] : [{ value: shared.getValue(), label: shared.getValue() }];
      return h(SelectEntry, { ...shared, getOptions: () => [{ value: "", label: say("None") }, ...unknown, ...choices] });
    }
    return h(kind.long ? TextAreaEntry : TextFieldEntry, { ...shared, autoResize: true });
  };
  const isEdited = choices ? isSelectEntryEdited : kind.long ? isTextAreaEntryEdited : isTextFieldEntryEdited;
  return { id: `rj-${name}`, component, isEdited };
}

// New elements get ids of the kind that the product takes: activity_12ab, not Activity_12ab.
class PlainIds {
  static $inject = ["bpmnFactory"];

  constructor(bpmnFactory) {
    const { _model: model, _ensureId: ensure } = bpmnFactory;
    bpmnFactory._ensureId = (element) => {
      const given = element.id;
      ensure.call(bpmnFactory, element);
      if (!given && element.id) {
        model.ids.unclaim(element.id);
        element.id = element.id.toLowerCase();
        model.ids.claim(element.id, element);
      }
    };
  }
}

export function ours(facts) {
  class Provider {
    static $inject = ["propertiesPanel"];

    constructor(propertiesPanel) {
      propertiesPanel.registerProvider(AFTER_THE_OTHERS, this);
    }

    getGroups(element) {
      return (groups) => {
        const kept = groups.filter(({ id }) => !REFUSED.test(id));
        if (facts.fixed?.includes(element.id)) {
          kept.forEach((group) => (group.entries = group.entries?.filter(({ id }) => !/^(id|processId)$/.test(id))));
        }
        const mine = Object.entries(KINDS).filter(([, { on }]) => on.includes(element.type));
        if (!mine.length || element.labelTarget) {
          return kept;
        }
        const entries = mine.map(([name, kind]) => entry(name, kind, facts.choices?.[name]));
        return [kept[0], { id: "rj", label: say("Restorative justice"), entries, shouldOpen: true }, ...kept.slice(1)].filter(Boolean);
      };
    }
  }
  return {
    __init__: ["restorativeProvider", "plainIds"],
    restorativeProvider: ["type", Provider],
    plainIds: ["type", PlainIds],
  };
}
