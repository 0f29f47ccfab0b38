// Draws a diagram as it was and as it is, marks what is new, changed or gone, and says the same beside it as a list.
import { diff } from "bpmn-js-differ";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import camunda from "camunda-bpmn-moddle/resources/camunda.json";
import { say } from "./words.js";

const MARKS = { new: `+ ${say("New")}`, changed: `≠ ${say("Changed")}`, gone: `− ${say("Gone")}` };
const SAYS = { new: say("New"), changed: say("Changed"), gone: say("Gone") };

for (const place of document.querySelectorAll("[data-differences]")) {
  const facts = JSON.parse(document.getElementById(place.dataset.differences).textContent);
  show(place, facts).catch(() => {
    place.querySelector("[data-differences-says]").textContent = say("The picture cannot be drawn. What changes stands below in words.");
  }).finally(() => (place.dataset.ready = "yes"));
}

async function show(place, facts) {
  const before = await drawn(place.querySelector("[data-differences-before]"), facts.before);
  const after = await drawn(place.querySelector("[data-differences-after]"), facts.after);
  const list = place.querySelector("[data-differences-list]");
  const told = [];
  if (before && after) {
    const { _added: added, _removed: removed, _changed: changed } = diff(before.getDefinitions(), after.getDefinitions());
    told.push(...marked(after, added, "new"), ...marked(after, changed, "changed"), ...marked(before, removed, "gone"));
    marked(before, changed, "changed");
    together(before, after);
  }
  const whole = before ? say("This diagram is gone.") : say("This diagram is new.");
  place.querySelector("[data-differences-says]").textContent = !(before && after) ? whole : told.length ? "" : say("Nothing that is drawn is different.");
  list.replaceChildren(...told);
}

async function drawn(container, source) {
  if (!source) {
    container.closest("section").hidden = true;
    return null;
  }
  const reply = await fetch(source, { credentials: "same-origin" });
  if (!reply.ok) {
    throw new Error(`${reply.status}`);
  }
  const viewer = new NavigatedViewer({ container, moddleExtensions: { camunda } });
  await viewer.importXML(await reply.text());
  viewer.get("canvas").zoom("fit-viewport");
  return viewer;
}

// Marks what is drawn of these, and gives a line for each.
function marked(viewer, found, how) {
  const elements = viewer.get("elementRegistry");
  const canvas = viewer.get("canvas");
  const known = Object.keys(found).map((id) => elements.get(id)).filter((element) => element && element !== canvas.getRootElement());
  return known.map((element) => {
    canvas.addMarker(element.id, `is-${how}`);
    const middle = element.waypoints ? { top: 4, left: 4 } : { top: -14, left: 0 };
    viewer.get("overlays").add(element.id, "difference", { position: middle, html: `<span class="rj-mark rj-mark--${how}" aria-hidden="true">${MARKS[how]}</span>` });
    return line(viewer, element, how);
  });
}

const called = ({ businessObject }) => businessObject.name || businessObject.id;

function line(viewer, element, how) {
  const { source, target } = element;
  const item = document.createElement("li");
  const what = source && target ? say("the way from “{from}” to “{to}”", { from: called(source), to: called(target) }) : `“${called(element)}”`;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "rj-buttonlink";
  button.textContent = what;
  button.addEventListener("click", () => {
    viewer.get("canvas").zoom(1);
    viewer.get("canvas").scrollToElement(element);
    viewer.get("canvas").getContainer().scrollIntoView({ block: "nearest" });
  });
  item.append(`${SAYS[how]}: `, button);
  return item;
}

// Both pictures show the same part.
function together(...viewers) {
  let moving = false;
  viewers.forEach((viewer) => viewer.on("canvas.viewbox.changed", ({ viewbox: { x, y, width, height } }) => {
    if (!moving) {
      moving = true;
      viewers.filter((other) => other !== viewer).forEach((other) => other.get("canvas").viewbox({ x, y, width, height }));
      moving = false;
    }
  }));
}
