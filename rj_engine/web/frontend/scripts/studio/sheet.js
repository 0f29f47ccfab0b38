// One file of a draft in an editor: kept on the server a moment after each change, checked there, never lost here.
import { typePlainly } from "./plain-typing.js";
import { say } from "./words.js";

const QUIET_FOR = 700;
const AGAIN_AFTER = 10000;

export function openSheets(open) {
  typePlainly(document);
  for (const place of document.querySelectorAll("[data-editor]")) {
    const facts = JSON.parse(document.getElementById(place.dataset.editor).textContent);
    open(place, facts).then(
      () => (place.dataset.ready = "yes"),
      (error) => tell(say("The editor cannot open this file: {why}", { why: error.message })),
    );
  }
}

export async function source(facts) {
  const reply = await fetch(facts.source, { credentials: "same-origin" });
  if (!reply.ok) {
    throw new Error(say("the file was not there ({status})", { status: reply.status }));
  }
  return reply.text();
}

// Says something where people and screen readers find it.
export function tell(words, urgent = false) {
  const place = document.querySelector(urgent ? "[data-editor-warns]" : "[data-editor-says]");
  if (place && place.textContent !== words) {
    place.textContent = words;
    place.hidden = !words;
  }
}

export class Sheet {
  constructor(facts, written, found) {
    this.facts = facts;
    this.version = facts.version;
    this.written = written;
    this.found = found;
    document.addEventListener("visibilitychange", () => document.hidden && this.keep());
    window.addEventListener("beforeunload", (event) => this.waiting && event.preventDefault());
    found(facts.findings ?? []);
  }

  changed() {
    this.waiting = true;
    tell(say("Not saved yet"));
    this.later(QUIET_FOR);
  }

  later(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), milliseconds);
  }

  async keep() {
    clearTimeout(this.timer);
    if (!this.waiting || this.facts.locked) {
      return;
    }
    if (this.sending) {
      this.later(QUIET_FOR);
      return;
    }
    this.sending = true;
    this.waiting = false;
    try {
      await this.send(await this.written());
    } catch {
      this.waiting = true;
      tell(say("Not saved yet: the service cannot be reached. Your changes are still on this page."));
      this.later(AGAIN_AFTER);
    } finally {
      this.sending = false;
    }
  }

  async send(text) {
    const { keep, csrf } = this.facts;
    const body = new URLSearchParams({ csrf_token: csrf, version: this.version, text });
    const reply = await fetch(keep, { method: "PUT", body, credentials: "same-origin", redirect: "error", headers: { Accept: "application/json" } });
    const answer = await reply.json();
    if (reply.ok) {
      this.version = answer.version;
      this.found(answer.findings);
      tell(answer.notice);
      tell("", true);
      return;
    }
    this.waiting = true;
    tell(say("Not saved"));
    tell(answer.notice ?? say("This could not be saved."), true);
    if (reply.status === 409) {
      this.offer(text);
    } else if (reply.status >= 500 || reply.status === 429) {
      this.later(AGAIN_AFTER);
    }
  }

  // Somebody else was first: what is on this page goes to a page that sets both beside each other.
  offer(text) {
    const form = document.querySelector("form[data-editor-compare]");
    if (form) {
      form.elements.namedItem("text").value = text;
      form.hidden = false;
    }
  }
}
