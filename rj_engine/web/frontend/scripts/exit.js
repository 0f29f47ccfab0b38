import { ExitThisPage } from "govuk-frontend/dist/govuk/components/exit-this-page/exit-this-page.mjs";

// As GOV.UK's, but the page that is left gives its place in the history to the one that follows.
export class QuickExit extends ExitThisPage {
  exitPage() {
    this.$updateSpan.textContent = "";
    document.body.classList.add("govuk-exit-this-page-hide-content");
    this.$overlay = document.createElement("div");
    this.$overlay.className = "govuk-exit-this-page-overlay";
    this.$overlay.setAttribute("role", "alert");
    document.body.appendChild(this.$overlay);
    this.$overlay.textContent = "Loading.";
    window.location.replace(this.$button.href);
  }
}
