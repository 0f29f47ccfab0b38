// The buttons above a drawing: back, forth, tidy, and a play of tokens that runs nothing.
import { Past } from "./past.js";
import { tell } from "./sheet.js";
import { closer, fit } from "./sight.js";
import { tidied } from "./tidy.js";

const MODE = "tokenSimulation.toggleMode";

export class Tools {
  constructor(place, modeler, facts, text) {
    this.place = place;
    this.modeler = modeler;
    this.past = new Past(facts.source, text);
    this.stack = modeler.get("commandStack");
    this.bar = place.ownerDocument.querySelector("[data-editor-tools]");
    const actions = modeler.get("editorActions");
    for (const [name, by] of [["undo", -1], ["redo", 1]]) {
      actions.unregister(name);
      actions.register(name, () => this.go(by));
    }
    if (this.bar) {
      this.bar.hidden = false;
      this.bar.querySelectorAll("[data-tool]").forEach((button) => {
        const needless = facts.locked && button.dataset.tool !== "play";
        needless ? button.remove() : button.addEventListener("click", () => this[button.dataset.tool](button));
      });
    }
    modeler.get("eventBus").on(MODE, ({ active }) => this.playing(active));
  }

  undo() {
    return this.go(-1);
  }

  redo() {
    return this.go(1);
  }

  // One step: of this page, else of what was kept before it was loaded. Whether there was one.
  async go(by) {
    if (this.busy()) {
      return false;
    }
    const [can, way] = by < 0 ? ["canUndo", "undo"] : ["canRedo", "redo"];
    if (this.stack[can]()) {
      this.stack[way]();
      return true;
    }
    const text = this.past.step(by);
    if (text === undefined) {
      tell(by < 0 ? "There is nothing to undo." : "There is nothing to do again.");
      return false;
    }
    await this.open(text);
    return true;
  }

  async open(text) {
    const { x, y, width, height } = this.modeler.get("canvas").viewbox();
    await this.modeler.importXML(text);
    this.modeler.get("canvas").viewbox({ x, y, width, height });
    this.sheet.changed();
  }

  async tidy(button) {
    if (this.busy()) {
      return;
    }
    button.disabled = true;
    try {
      const { xml } = await this.modeler.saveXML({ format: true });
      this.past.note(xml);
      const text = await tidied(xml, this.place);
      await this.open(text);
      this.past.note((await this.modeler.saveXML({ format: true })).xml);
      fit(this.modeler.get("canvas"));
    } catch (error) {
      tell(`This cannot be tidied: ${error.message}`);
    } finally {
      button.disabled = false;
      button.focus();
    }
  }

  play() {
    this.modeler.get("toggleMode").toggleMode();
  }

  playing(active) {
    this.active = active;
    this.bar?.querySelector("[data-tool=play]")?.setAttribute("aria-pressed", String(active));
    const note = this.place.ownerDocument.querySelector("[data-editor-play]");
    if (note) {
      note.hidden = !active;
    }
    if (active) {
      const [start] = this.modeler.get("elementRegistry").filter(({ type }) => type === "bpmn:StartEvent");
      closer(this.modeler.get("canvas"), start); // what starts a token is offered where it can be read
    }
  }

  // Nothing can be changed while tokens move.
  busy() {
    if (this.active) {
      tell("Stop playing through it first.");
    }
    return this.active;
  }
}
