// Draws a pathway with the field's own editor, and tells beside each element what the check finds.
import Modeler from "bpmn-js/lib/Modeler";
import {
  BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, CamundaPlatformPropertiesProviderModule,
} from "bpmn-js-properties-panel";
import camunda from "camunda-bpmn-moddle/resources/camunda.json";
import minimap from "diagram-js-minimap";
import { listFindings, markFindings, markPath } from "./findings.js";
import { ours } from "./properties.js";
import { openSheets, Sheet, source } from "./sheet.js";
import { StepList } from "./steps/list.js";

const PALETTE = 130;

openSheets(async (place, facts) => {
  const canvas = place.querySelector("[data-editor-canvas]");
  const modeler = new Modeler({
    container: canvas,
    propertiesPanel: { parent: place.querySelector("[data-editor-panel]") },
    moddleExtensions: { camunda },
    additionalModules: [
      BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, CamundaPlatformPropertiesProviderModule, minimap, ours(facts),
    ],
  });
  place.editor = modeler;
  await modeler.importXML(await source(facts));
  fit(modeler.get("canvas"));
  const steps = place.ownerDocument.querySelector("[data-editor-steps]");
  const list = steps && new StepList(steps, modeler, facts);
  const written = async () => (await modeler.saveXML({ format: true })).xml;
  const sheet = new Sheet(facts, written, (findings) => {
    listFindings(findings, (id) => look(modeler, id));
    markFindings(modeler, findings);
    list?.found(findings);
  });
  markPath(modeler, facts.path ?? []);
  modeler.on("commandStack.changed", ({ trigger }) => trigger !== "clear" && sheet.changed());
  place.sheet = sheet;
});

// The whole drawing, beside the palette and not beneath it.
function fit(canvas) {
  canvas.zoom("fit-viewport");
  const { x, y, width, height, outer, scale } = canvas.viewbox();
  const share = (outer.width - PALETTE) / outer.width;
  const above = Math.max(0, (outer.height / (scale * share) - canvas.getRootElement().children[0]?.height || 0) / 2);
  canvas.viewbox({ x: x - PALETTE / (scale * share), y: y - above, width: width / share, height: height / share });
}

function look(modeler, id) {
  const element = modeler.get("elementRegistry").get(id);
  if (element) {
    modeler.get("canvas").scrollToElement(element);
    modeler.get("selection").select(element);
  }
}
