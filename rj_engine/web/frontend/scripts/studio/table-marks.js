// Marks in a decision table what the check finds: the cell, the row, or the corner where it is about the whole.
const RENDERED = { childList: true, subtree: true, attributes: true, attributeFilter: ["data-row-id", "data-element-id"] };

export class TableMarks {
  constructor(place) {
    this.place = place;
    this.findings = [];
    new MutationObserver(() => this.show()).observe(place, RENDERED);
  }

  found(findings) {
    this.findings = findings;
    this.show();
  }

  show() {
    const wanted = new Map(this.findings.flatMap((finding) => places(finding, this.place).map((cell) => [cell, finding])));
    for (const cell of this.place.querySelectorAll("[data-finding]")) {
      if (!wanted.has(cell)) {
        delete cell.dataset.finding;
        cell.removeAttribute("title");
      }
    }
    for (const [cell, { message, severity }] of wanted) {
      cell.dataset.finding = severity === "warning" ? "warning" : "error";
      cell.title = message;
    }
  }
}

function places({ element, rows = [] }, place) {
  const all = (selector) => [...place.querySelectorAll(selector)];
  const cells = element ? all(`td[data-element-id="${CSS.escape(element)}"]`) : [];
  const indices = rows.flatMap((row) => all(`td.rule-index[data-row-id="${CSS.escape(row)}"]`));
  return cells.length + indices.length ? [...cells, ...indices] : all("th.hit-policy, .hit-policy");
}

// Brings the place of a finding into view, and the focus to it.
export function showPlace({ element, rows = [] }, place) {
  const [id] = rows.length ? rows : [element ?? ""];
  const own = element && place.querySelector(`td[data-element-id="${CSS.escape(element)}"]`);
  const cell = own ?? place.querySelector(`td[data-row-id="${CSS.escape(id)}"]:not(.rule-index)`);
  cell?.scrollIntoView({ block: "center", inline: "nearest" });
  (cell?.querySelector("[contenteditable], [tabindex]") ?? cell)?.focus();
}
