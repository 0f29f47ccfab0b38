// What the check found: as a list beside the editor, and as a badge on each element.
import { say } from "./words.js";

const badge = (severity) => `<span class="rj-badge rj-badge--${severity === "warning" ? "warning" : "error"}" aria-hidden="true">!</span>`;

export const own = (element) => (element ?? "").split("/").pop();

export function listFindings(findings, look, named = (id) => id) {
  const list = document.querySelector("[data-editor-findings]");
  const count = document.querySelector("[data-editor-count]");
  if (!list) {
    return;
  }
  list.replaceChildren(...findings.map((finding) => line(finding, look, named)));
  count.textContent = findings.length ? say("{count} to look at", { count: findings.length }) : say("Nothing found");
}

const inRow = (words) => new Intl.ListFormat(document.documentElement.lang, { type: "conjunction" }).format(words);

function line(finding, look, named) {
  const { message, element, severity, rows = [] } = finding;
  const item = document.createElement("li");
  item.className = severity === "warning" ? "rj-finding rj-finding--warning" : "rj-finding";
  item.append(message);
  const id = own(element);
  if (id) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "rj-buttonlink";
    button.textContent = say("Show {what}", { what: rows.length ? inRow(rows) : named(id) });
    button.addEventListener("click", () => look(id, finding));
    item.append(" ", button);
  }
  return item;
}

export function markFindings(modeler, findings) {
  const overlays = modeler.get("overlays");
  const elements = modeler.get("elementRegistry");
  overlays.remove({ type: "finding" });
  for (const { element, severity } of findings) {
    const id = own(element);
    if (id && elements.get(id) && elements.get(id) !== modeler.get("canvas").getRootElement()) {
      overlays.add(id, "finding", { position: corner(elements.get(id)), scale: { min: 0.6 }, html: badge(severity) });
    }
  }
}

// Of a shape its corner; of an arrow the middle of its last stretch, which it shares with no other way out.
function corner({ waypoints }) {
  if (!waypoints) {
    return { top: -10, left: -10 };
  }
  const [from, to] = waypoints.slice(-2);
  const first = (way) => Math.min(...waypoints.map((point) => point[way]));
  return { top: (from.y + to.y) / 2 - first("y") - 10, left: (from.x + to.x) / 2 - first("x") - 10 };
}

// The text of an expression with the place marked at which a finding points.
export function pointed(text, { line = 1, column }) {
  const lines = text.split("\n");
  const at = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0) + column - 1;
  const [token] = text.slice(at).match(/^\w+|^\W/u) ?? [""];
  return [text.slice(0, at), token, text.slice(at + token.length)];
}

// The way of a story, from its start to where it breaks.
export function markPath(modeler, path) {
  const elements = modeler.get("elementRegistry");
  const known = path.map(own).filter((id) => elements.get(id));
  known.forEach((id) => modeler.get("canvas").addMarker(id, "is-path"));
  if (known.length) {
    modeler.get("canvas").addMarker(known.at(-1), "is-path-end");
    modeler.get("canvas").scrollToElement(elements.get(known.at(-1)));
  }
}
