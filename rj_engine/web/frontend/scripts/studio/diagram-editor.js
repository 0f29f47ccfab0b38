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
  modeler.get("canvas").zoom("fit-viewport");
  const written = async () => (await modeler.saveXML({ format: true })).xml;
  const sheet = new Sheet(facts, written, (findings) => {
    listFindings(findings, (id) => look(modeler, id));
    markFindings(modeler, findings);
  });
  markPath(modeler, facts.path ?? []);
  modeler.on("commandStack.changed", ({ trigger }) => trigger !== "clear" && sheet.changed());
  place.sheet = sheet;
});

function look(modeler, id) {
  const element = modeler.get("elementRegistry").get(id);
  if (element) {
    modeler.get("canvas").scrollToElement(element);
    modeler.get("selection").select(element);
  }
}
