// The buttons that take a change back and do it again, also one that was made before the page was loaded again.
import { Past } from "./past.js";
import { tell } from "./sheet.js";
import { say } from "./words.js";

export class Undoing {
  // `stack` gives the changes of the view that is open, `put` opens another text in it.
  constructor(place, facts, text, { stack, put }) {
    this.place = place;
    this.past = new Past(facts.source, text);
    this.stack = stack;
    this.put = put;
    this.bar = place.ownerDocument.querySelector("[data-editor-tools]");
    if (this.bar) {
      this.bar.hidden = false;
      this.bar.querySelectorAll("[data-tool]").forEach((button) => {
        const needless = facts.locked && button.dataset.tool !== "play";
        needless ? button.remove() : button.addEventListener("click", () => this[button.dataset.tool](button));
      });
    }
  }

  // The keys of an editor do what the buttons do.
  hear(actions) {
    for (const [name, by] of [["undo", -1], ["redo", 1]]) {
      if (actions.isRegistered(name)) {
        actions.unregister(name);
        actions.register(name, () => this.go(by));
      }
    }
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
    const stack = this.stack();
    if (stack?.[can]()) {
      stack[way]();
      return true;
    }
    const text = this.past.step(by);
    if (text === undefined) {
      tell(by < 0 ? say("There is nothing to undo.") : say("There is nothing to do again."));
      return false;
    }
    await this.open(text);
    return true;
  }

  async open(text) {
    await this.put(text);
    this.sheet.changed();
  }

  busy() {
    return false;
  }
}
