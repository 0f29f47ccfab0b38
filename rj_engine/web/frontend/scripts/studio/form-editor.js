// Edits a form with the field's own editor; beside it the form as the viewer shows it.
import { FormEditor } from "@bpmn-io/form-js-editor";
import { Form } from "@bpmn-io/form-js-viewer";
import { listFindings } from "./findings.js";
import { openSheets, Sheet, source } from "./sheet.js";
import { Undoing } from "./undoing.js";

openSheets(async (place, facts) => {
  const editor = new FormEditor({ container: place.querySelector("[data-editor-canvas]") });
  const preview = place.querySelector("[data-editor-preview]");
  const viewer = preview && new Form({ container: preview });
  place.editor = editor;
  await editor.importSchema(JSON.parse(await source(facts)));
  const saved = () => JSON.stringify(editor.saveSchema(), null, 2);
  const undoing = new Undoing(place, facts, saved(), {
    stack: () => editor.get("commandStack"),
    put: async (text) => {
      await editor.importSchema(JSON.parse(text));
      await show();
    },
  });
  undoing.hear(editor.get("editorActions"));
  const written = async () => {
    const text = saved();
    undoing.past.note(text);
    return text;
  };
  const show = async () => viewer?.importSchema(structuredClone(editor.saveSchema()), {});
  const sheet = new Sheet(facts, written, (findings) => listFindings(findings, () => {}));
  editor.on("commandStack.changed", ({ trigger }) => {
    if (trigger !== "clear") {
      sheet.changed();
      show();
    }
  });
  await show();
  undoing.sheet = sheet;
  place.sheet = sheet;
});
