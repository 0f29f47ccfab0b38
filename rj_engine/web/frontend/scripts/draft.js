// Keeps what is typed on the server a few seconds after it was typed. The page says when it last succeeded, and
// says so when it did not; nothing typed is ever taken off the page.
const QUIET_FOR = 2500;
const AT_LATEST = 10000;

export function keepDrafts(page) {
  for (const form of page.querySelectorAll("form[data-draft]")) {
    new Draft(form);
  }
}

class Draft {
  constructor(form) {
    this.form = form;
    this.says = form.querySelector("[data-draft-says]");
    this.kept = this.typed();
    form.addEventListener("input", () => this.soon());
    form.addEventListener("change", () => this.soon());
    form.addEventListener("submit", () => this.stop());
    document.addEventListener("visibilitychange", () => document.hidden && this.keep());
  }

  typed() {
    return new URLSearchParams(new FormData(this.form)).toString();
  }

  soon() {
    this.since ??= Date.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), Date.now() - this.since > AT_LATEST ? 0 : QUIET_FOR);
  }

  stop() {
    clearTimeout(this.timer);
    this.stopped = true;
  }

  async keep() {
    clearTimeout(this.timer);
    const typed = this.typed();
    if (this.stopped || this.sending || typed === this.kept) {
      return;
    }
    this.sending = true;
    this.since = undefined;
    try {
      const reply = await fetch(this.form.dataset.draft, {
        method: "PUT",
        body: typed,
        headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" },
        credentials: "same-origin",
        keepalive: typed.length < 60000,
        redirect: "error",
      });
      const { notice } = await reply.json();
      this.tell(notice);
      if (reply.ok) {
        this.kept = typed;
        document.dispatchEvent(new Event("rj:kept"));
      } else {
        this.stopped = reply.status < 500 && reply.status !== 429;
        this.again();
      }
    } catch {
      this.tell("Not saved yet: the service cannot be reached. What you typed is still on this page.");
      this.again();
    } finally {
      this.sending = false;
    }
  }

  again() {
    this.timer = setTimeout(() => this.keep(), AT_LATEST);
  }

  tell(notice) {
    if (this.says && this.says.textContent !== notice) {
      this.says.textContent = notice;
    }
  }
}
