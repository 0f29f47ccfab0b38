// Draws a pathway with the field's own editor, and tells beside each element what the check finds.
import Modeler from "bpmn-js/lib/Modeler";
import {
  BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, CamundaPlatformPropertiesProviderModule,
} from "bpmn-js-properties-panel";
import camunda from "camunda-bpmn-moddle/resources/camunda.json";
import play from "bpmn-js-token-simulation";
import minimap from "diagram-js-minimap";
import { listFindings, markFindings, markPath } from "./findings.js";
import { withPrefixesApart } from "./prefixes.js";
import { ours } from "./properties.js";
import { openSheets, Sheet, source } from "./sheet.js";
import { fit } from "./sight.js";
import { StepList } from "./steps/list.js";
import { tidied } from "./tidy.js";
import { Tools } from "./tools.js";

openSheets(async (place, facts) => {
  const canvas = place.querySelector("[data-editor-canvas]");
  const modeler = new Modeler({
    container: canvas,
    propertiesPanel: { parent: place.querySelector("[data-editor-panel]") },
    moddleExtensions: { camunda },
    additionalModules: [
      BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, CamundaPlatformPropertiesProviderModule, minimap, play, ours(facts),
    ],
  });
  const read = modeler.importXML.bind(modeler);
  modeler.importXML = (text) => read(withPrefixesApart(text));
  place.editor = modeler;
  const text = await source(facts);
  await shown(modeler, text, place);
  fit(modeler.get("canvas"));
  const tools = new Tools(place, modeler, facts, text);
  const steps = place.ownerDocument.querySelector("[data-editor-steps]");
  const list = steps && new StepList(steps, modeler, facts, tools);
  const written = async () => {
    const { xml } = await modeler.saveXML({ format: true });
    tools.past.note(xml);
    return xml;
  };
  const sheet = new Sheet(facts, written, (findings) => {
    listFindings(findings, (id) => look(modeler, id), (id) => named(modeler, id));
    markFindings(modeler, findings);
    list?.found(findings);
  });
  markPath(modeler, facts.path ?? []);
  modeler.on("commandStack.changed", ({ trigger }) => trigger !== "clear" && sheet.changed());
  tools.sheet = sheet;
  place.sheet = sheet;
});

// What another tool sent without a drawing gets one; it is kept with the first change.
async function shown(modeler, text, place) {
  try {
    await modeler.importXML(text);
  } catch (error) {
    if (error.message !== "no diagram to display") {
      throw error;
    }
    await modeler.importXML(await tidied(withPrefixesApart(text), place));
  }
}

const READABLE = 0.75;

function look(modeler, id) {
  const element = modeler.get("elementRegistry").get(id);
  if (element) {
    const canvas = modeler.get("canvas");
    if (canvas.zoom() < READABLE) {
      canvas.zoom(READABLE);
    }
    canvas.scrollToElement(element);
    modeler.get("selection").select(element);
    canvas.getContainer().scrollIntoView({ block: "nearest" });
    canvas.focus();
  }
}

// An element as its author knows it: by its name, an arrow by what it joins.
function named(modeler, id) {
  const drawn = modeler.get("elementRegistry").get(id)?.businessObject;
  const ends = [drawn?.sourceRef?.name, drawn?.targetRef?.name];
  return drawn?.name && !drawn.sourceRef ? drawn.name : ends.every(Boolean) ? ends.join(" → ") : id;
}
