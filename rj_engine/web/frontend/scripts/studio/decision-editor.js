// Edits a decision with the field's own editor.
import Modeler from "dmn-js/lib/Modeler";
import { asEdited } from "./dmn-editions.js";
import { listFindings } from "./findings.js";
import { openSheets, Sheet, source } from "./sheet.js";
import { showPlace, TableMarks } from "./table-marks.js";
import { Undoing } from "./undoing.js";

openSheets(async (place, facts) => {
  const modeler = new Modeler({ container: place.querySelector("[data-editor-canvas]") });
  place.editor = modeler;
  await modeler.importXML(asEdited(await source(facts)));
  await largest(modeler);
  const saved = async () => (await modeler.saveXML({ format: true })).xml;
  const undoing = new Undoing(place, facts, await saved(), {
    stack: () => modeler.getActiveViewer()?.get("commandStack", false),
    put: (text) => again(modeler, text),
  });
  const written = async () => {
    const text = await saved();
    undoing.past.note(text);
    return text;
  };
  const canvas = place.querySelector("[data-editor-canvas]");
  const marks = new TableMarks(canvas);
  const sheet = new Sheet(facts, written, (findings) => {
    listFindings(findings, (id, finding) => open(modeler, id, finding.rows).then(() => showPlace(finding, canvas)));
    marks.found(findings);
  });
  const heard = new WeakSet();
  const hear = () => {
    const viewer = modeler.getActiveViewer();
    if (viewer && !heard.has(viewer)) {
      heard.add(viewer);
      const actions = viewer.get("editorActions", false);
      actions && undoing.hear(actions);
      viewer.on("commandStack.changed", ({ trigger }) => trigger !== "clear" && sheet.changed());
    }
  };
  modeler.on("views.changed", hear);
  hear();
  undoing.sheet = sheet;
  place.sheet = sheet;
});

// Another text, and in it the view that was open.
async function again(modeler, text) {
  const { id } = modeler.getActiveView()?.element ?? {};
  await modeler.importXML(text);
  const view = modeler.getViews().find(({ element }) => element.id === id);
  await (view ? modeler.open(view) : largest(modeler));
}

// Most decisions are one table: that is what opens, not the drawing around it.
async function largest(modeler) {
  const table = modeler.getViews().find(({ type }) => type === "decisionTable");
  if (table) {
    await modeler.open(table);
  }
}

// The table that holds what a finding is about: itself, a row, or a cell of a row.
async function open(modeler, id, rows = []) {
  const holds = ({ id: logic, rule = [] } = {}) => logic === id || rule.some((row) => rows.includes(row.id) || row.id === id || row.inputEntry?.some((cell) => cell.id === id) || row.outputEntry?.some((cell) => cell.id === id));
  const view = modeler.getViews().find(({ element }) => element.id === id || holds(element.decisionLogic));
  if (view && view !== modeler.getActiveView()) {
    await modeler.open(view);
  }
}
