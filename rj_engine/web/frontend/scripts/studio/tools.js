// The buttons above a drawing: back, forth, tidy, and a play of tokens that runs nothing.
import { tell } from "./sheet.js";
import { closer, fit } from "./sight.js";
import { tidied } from "./tidy.js";
import { Undoing } from "./undoing.js";
import { say } from "./words.js";

const MODE = "tokenSimulation.toggleMode";

export class Tools extends Undoing {
  constructor(place, modeler, facts, text) {
    const stack = modeler.get("commandStack");
    super(place, facts, text, { stack: () => stack, put: (other) => this.show(other) });
    this.modeler = modeler;
    this.hear(modeler.get("editorActions"));
    modeler.get("eventBus").on(MODE, ({ active }) => this.playing(active));
  }

  // Another drawing, seen from where one stands.
  async show(text) {
    const { x, y, width, height } = this.modeler.get("canvas").viewbox();
    await this.modeler.importXML(text);
    this.modeler.get("canvas").viewbox({ x, y, width, height });
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
      tell(say("This cannot be tidied: {why}", { why: error.message }));
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
      tell(say("Stop playing through it first."));
    }
    return this.active;
  }
}
