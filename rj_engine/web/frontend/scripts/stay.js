// Says so in time before an unused sign-in lapses, and lets one stay with one press.
const WARNING = 120;

export function offerToStay(page) {
  const notice = page.querySelector("[data-stay]");
  if (notice) {
    new Stay(notice, Number(notice.dataset.stay));
  }
}

class Stay {
  constructor(notice, seconds) {
    this.notice = notice;
    this.seconds = seconds;
    notice.querySelector("button").addEventListener("click", () => this.stay());
    document.addEventListener("rj:kept", () => this.wait());
    this.wait();
  }

  wait() {
    clearTimeout(this.timer);
    this.notice.hidden = true;
    this.timer = setTimeout(() => this.warn(), Math.max(this.seconds - WARNING, this.seconds / 2) * 1000);
  }

  warn() {
    this.notice.hidden = false;
  }

  async stay() {
    const reply = await fetch("/still-here", { credentials: "same-origin", redirect: "manual" });
    if (reply.ok) {
      this.wait();
    } else {
      this.notice.querySelector("[data-stay-says]").textContent = "You have been signed out. What you typed is still on this page.";
    }
  }
}
