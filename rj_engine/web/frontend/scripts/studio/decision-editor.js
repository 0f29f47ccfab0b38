// Edits a decision with the field's own editor.
import Modeler from "dmn-js/lib/Modeler";
import { listFindings } from "./findings.js";
import { openSheets, Sheet, source } from "./sheet.js";

openSheets(async (place, facts) => {
  const modeler = new Modeler({ container: place.querySelector("[data-editor-canvas]") });
  place.editor = modeler;
  await modeler.importXML(await source(facts));
  await largest(modeler);
  const written = async () => (await modeler.saveXML({ format: true })).xml;
  const sheet = new Sheet(facts, written, (findings) => listFindings(findings, (id) => open(modeler, id)));
  const heard = new WeakSet();
  const hear = () => {
    const viewer = modeler.getActiveViewer();
    if (viewer && !heard.has(viewer)) {
      heard.add(viewer);
      viewer.on("commandStack.changed", ({ trigger }) => trigger !== "clear" && sheet.changed());
    }
  };
  modeler.on("views.changed", hear);
  hear();
  place.sheet = sheet;
});

// Most decisions are one table: that is what opens, not the drawing around it.
async function largest(modeler) {
  const table = modeler.getViews().find(({ type }) => type === "decisionTable");
  if (table) {
    await modeler.open(table);
  }
}

async function open(modeler, id) {
  const view = modeler.getViews().find(({ element }) => element.id === id || element.decisionLogic?.rule?.some((rule) => rule.id === id));
  if (view) {
    await modeler.open(view);
  }
}
