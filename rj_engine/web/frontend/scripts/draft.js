// Keeps what is typed on the server: a moment after the last key, and at the latest three seconds after the first one
// that is not kept yet, so that a fall of the server or the device costs less than five seconds of typing. The page says
// when it last succeeded, and says so when it did not; nothing typed is ever taken off the page or kept on the device.
const QUIET_FOR = 1200;
const AT_LATEST = 3000;
const TRY_AGAIN = 3000;

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
    document.addEventListener("submit", (event) => this.before(event));
  }

  typed() {
    return new URLSearchParams(new FormData(this.form)).toString();
  }

  soon() {
    this.since ??= Date.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), Math.max(0, Math.min(QUIET_FOR, this.since + AT_LATEST - Date.now())));
  }

  stop() {
    clearTimeout(this.timer);
    this.stopped = true;
  }

  // Another form of the page, such as Sign out, waits until what is typed is kept; never longer than a moment.
  before(event) {
    if (event.target === this.form || this.stopped || this.typed() === this.kept) {
      return;
    }
    event.preventDefault();
    const waited = new Promise((after) => setTimeout(after, AT_LATEST));
    Promise.race([this.keep(), waited]).finally(() => {
      this.stop();
      event.target.requestSubmit(event.submitter);
    });
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
      this.tell("Not saved, trying again: the service cannot be reached. What you typed is still on this page.");
      this.again();
    } finally {
      this.sending = false;
      if (this.since && !this.stopped) {
        this.soon();
      }
    }
  }

  again() {
    this.timer = setTimeout(() => this.keep(), TRY_AGAIN);
  }

  tell(notice) {
    if (this.says && this.says.textContent !== notice) {
      this.says.textContent = notice;
    }
  }
}
