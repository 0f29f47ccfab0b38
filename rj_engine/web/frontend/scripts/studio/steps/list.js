// The drawing as a list of steps, for whoever cannot use a canvas: the same drawing, changed by the same commands.
import { Fragment, h, render } from "@bpmn-io/properties-panel/preact";
import { own, pointed } from "../findings.js";
import { KINDS, read, write } from "../properties.js";
import { Changes } from "./changing.js";
import { Choice, Press, Tick, Words } from "./fields.js";
import { called, chooses, condition, inOrder, isOtherwise, kind, owner, owners, timer, ways } from "./reading.js";
import { say } from "../words.js";

const TOLD = ["form", "due", "effect", "party", "stage", "min_level", "letter"];

export class StepList {
  constructor(place, modeler, facts, tools) {
    this.place = place;
    this.modeler = modeler;
    this.facts = facts;
    this.tools = tools;
    this.changes = new Changes(modeler);
    this.registry = modeler.get("elementRegistry");
    this.opened = new Set();
    this.findings = [];
    this.said = "";
    modeler.get("eventBus").on(["commandStack.changed", "import.done"], () => this.show());
    this.show();
  }

  found(findings) {
    this.findings = findings;
    this.show();
  }

  // Carries out a change, says so, and puts the focus where the work goes on.
  act(words, change, focus) {
    if (this.tools.busy()) {
      this.said = say("Stop playing through it first.");
      this.show();
      return;
    }
    const made = change();
    this.said = words;
    this.show();
    const at = typeof focus === "function" ? focus(made) : focus;
    if (at) {
      requestAnimationFrame(() => document.getElementById(at)?.focus());
    }
  }

  open(id, on = true) {
    if (this.opened.has(id) !== on) {
      on ? this.opened.add(id) : this.opened.delete(id);
      this.show();
    }
  }

  show() {
    this.listed = inOrder(this.registry.getAll());
    this.steps = this.listed.map(({ step }) => step);
    render(h(List, { list: this }), this.place);
  }
}

function List({ list }) {
  const back = async (by, words, none) => {
    const done = await list.tools.go(by);
    list.act(done ? words : none, () => {});
  };
  return h(Fragment, null,
    h("div", { class: "rj-steps__tools" }, !list.facts.locked && h(Fragment, null,
      h(Press, { words: say("Undo"), about: say("the last change"), press: () => back(-1, say("Undone."), say("There is nothing to undo.")) }),
      h(Press, { words: say("Redo"), about: say("what was undone"), press: () => back(1, say("Done again."), say("There is nothing to do again.")) })),
    h("p", { role: "status", class: "rj-steps__said" }, list.said)),
    h("ol", { class: "rj-steps__list" }, list.listed.map(({ step, depth }) => h(Step, { key: step.id, step, depth, list }))));
}

function Step({ step, depth, list }) {
  const findings = list.findings.filter(({ element }) => own(element) === step.id || ways(step).some(({ id }) => id === own(element)));
  const opened = list.opened.has(step.id);
  return h("li", { class: `rj-step rj-step--${Math.min(depth, 3)}` },
    h("details", { open: opened, onToggle: ({ target }) => list.open(step.id, target.open) },
      h("summary", { id: `step-${step.id}` },
        h("strong", null, called(step)),
        findings.length > 0 && h("span", { class: "rj-step__findings" }, ` ${say("{count} to look at", { count: findings.length })}`),
        h("span", { class: "rj-step__facts" }, told(step, list)),
        h("span", { class: "rj-step__facts" }, follows(step))),
      opened && h(Work, { step, list, findings })));
}

function told(step, { registry, facts }) {
  const worded = (name, value) => facts.choices?.[name]?.find((choice) => choice.value === value)?.label ?? value;
  const parts = TOLD.filter((name) => KINDS[name].on.includes(step.type)).map((name) => [KINDS[name].label, worded(name, read(step, name, KINDS[name]))]);
  const clock = timer(step)?.timeDuration.body;
  const about = [[say("Owner"), owner(registry, step)?.businessObject.name], [say("During"), step.host && called(step.host)], [say("Clock"), worded("due", clock)], ...parts];
  return [kind(step), ...about.filter(([, value]) => value).map(([label, value]) => `${label}: ${value}`)].join(" · ");
}

function follows(step) {
  const led = ways(step).map((way) => `${way.businessObject.name ? `${way.businessObject.name}: ` : ""}${called(way.target)}`);
  return led.length ? say("Then: {names}", { names: led.join(" · ") }) : say("Nothing follows");
}

function Work({ step, list, findings }) {
  const { changes, facts } = list;
  const { locked } = facts;
  return h("div", { class: "rj-step__work" },
    findings.length > 0 && h("ul", { class: "govuk-list" }, findings.map(({ message, severity }) => h("li", { class: severity === "warning" ? "rj-finding rj-finding--warning" : "rj-finding" }, message))),
    h(Words, { id: `name-${step.id}`, label: say("Name"), value: step.businessObject.name ?? "", locked, keep: (name) => list.act(say("Now called “{name}”.", { name }), () => changes.rename(step, name)) }),
    h(Owner, { step, list }), h(Clock, { step, list }),
    Object.keys(KINDS).filter((name) => KINDS[name].on.includes(step.type)).map((name) => h(Property, { key: name, name, step, list })),
    ways(step).map((way, index) => h(Way, { key: way.id, way, number: index + 1, list })),
    !locked && h(Further, { step, list }));
}

function Property({ name, step, list }) {
  const known = KINDS[name];
  const { modeler, facts } = list;
  const keep = (value) => list.act(say("{what} of “{name}” is changed.", { what: known.label, name: called(step) }), () => write(step, name, known, value, modeler.get("modeling"), modeler.get("bpmnFactory")));
  const shared = { id: `${name}-${step.id}`, label: known.label, value: read(step, name, known), locked: facts.locked, keep };
  return facts.choices?.[name] ? h(Choice, { ...shared, choices: facts.choices[name] }) : h(Words, { ...shared, long: known.long });
}

function Owner({ step, list }) {
  const offered = owners(list.registry, step);
  const at = owner(list.registry, step);
  const keep = (id) => list.act(say("“{name}” is in another lane.", { name: called(step) }), () => list.changes.give(step, list.registry.get(id)));
  return offered.length > 1 && h(Choice, {
    id: `owner-${step.id}`, label: say("Owner"), value: at?.id ?? "", none: at ? "" : say("None"), locked: list.facts.locked, keep,
    choices: offered.map((lane) => ({ value: lane.id, label: lane.businessObject.name ?? lane.id })),
  });
}

function Clock({ step, list }) {
  const event = timer(step);
  const keep = (clock) => list.act(say("Another clock is chosen."), () => list.changes.time(step, event, clock));
  return event && list.facts.choices?.due && h(Choice, { id: `clock-${step.id}`, label: say("Clock"), value: event.timeDuration.body ?? "", choices: list.facts.choices.due, locked: list.facts.locked, keep });
}

function Way({ way, number, list }) {
  const { changes, facts: { locked } } = list;
  const step = way.source;
  const about = say("on the way to {name}", { name: called(way.target) });
  const targets = changes.reachable(step, list.steps, way).map((target) => ({ value: target.id, label: called(target) }));
  return h("fieldset", { class: "rj-step__way" }, h("legend", null, say("Way {number}: to {name}", { number, name: called(way.target) })),
    h(Choice, { id: `leads-${way.id}`, label: say("Leads to"), value: way.target.id, none: "", choices: targets, locked, keep: (id) => list.act(say("The way leads elsewhere."), () => changes.lead(way, list.registry.get(id))) }),
    chooses(step) && h(Fragment, null,
      h(Words, { id: `words-${way.id}`, label: say("Words on the way"), value: way.businessObject.name ?? "", locked, keep: (name) => list.act(say("The way is named."), () => changes.rename(way, name)) }),
      h(Tick, { id: `otherwise-${way.id}`, label: say("Taken where no other way applies"), checked: isOtherwise(way), locked, keep: (on) => list.act(on ? say("Taken where no other way applies.") : say("Give it a condition."), () => changes.otherwise(way, on)) }),
      !isOtherwise(way) && h(Words, { id: `when-${way.id}`, label: say("Taken if"), hint: say('In FEEL, such as answer = "yes"'), value: condition(way), long: true, locked, keep: (text) => list.act(say("The condition is changed."), () => changes.decide(way, text)) }),
      list.findings.filter(({ element, column }) => own(element) === way.id && column).map((finding) => h(Pointed, { key: finding.message, text: condition(way), finding }))),
    !locked && h(Fragment, null,
      step.type !== "bpmn:EventBasedGateway" && h(Press, { words: say("Add a task here"), about, press: () => add(list, step, way) }),
      ways(step).length > 1 && h(Press, { words: say("Remove this way"), about, press: () => list.act(say("The way is gone."), () => changes.remove(way), `step-${step.id}`) })));
}

function Pointed({ text, finding }) {
  const [before, at, after] = pointed(text, finding);
  return h("p", { class: "rj-step__pointed" }, `${say("Here:")} `, h("code", null, before, h("mark", null, at || say("(the end)")), after));
}

function add(list, step, way) {
  list.act(say("A task follows “{name}”. Give it a name.", { name: called(step) }), () => {
    const added = list.changes.addAfter(step, way, say("New task"));
    list.opened.add(added.id);
    return added;
  }, (added) => `name-${added.id}`);
}

function Further({ step, list }) {
  const { changes, steps } = list;
  const after = steps[steps.indexOf(step) + 1] ?? steps[steps.indexOf(step) - 1];
  const targets = changes.canGoOn(step) ? changes.reachable(step, steps) : [];
  return h("div", { class: "rj-step__further" },
    targets.length > 0 && h(Choice, {
      id: `further-${step.id}`, label: ways(step).length ? say("Another way, to") : say("Goes on to"), value: "", none: say("Choose a step"), choices: targets.map((target) => ({ value: target.id, label: called(target) })),
      keep: (id) => id && list.act(say("A way is added."), () => changes.connect(step, list.registry.get(id)), `step-${step.id}`),
    }),
    changes.canGoOn(step) && step.type !== "bpmn:EventBasedGateway" && h(Press, { words: say("Add a task after this step"), about: called(step), press: () => add(list, step) }),
    h(Press, { words: say("Remove this step"), about: called(step), press: () => list.act(say("“{name}” is gone. Undo brings it back.", { name: called(step) }), () => changes.remove(step), after && `step-${after.id}`) }));
}
