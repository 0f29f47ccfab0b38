// Draws a pathway and marks where the case stands. The same facts stand beside it as a list.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

for (const place of document.querySelectorAll("[data-diagram]")) {
  draw(place);
}

async function draw(place) {
  const { source, open, passed, inside } = JSON.parse(document.getElementById(place.dataset.diagram).textContent);
  try {
    const reply = await fetch(source, { credentials: "same-origin" });
    if (!reply.ok) {
      throw new Error(`${reply.status}`);
    }
    const viewer = new NavigatedViewer({ container: place });
    await viewer.importXML(await reply.text());
    const canvas = viewer.get("canvas");
    const known = (id) => viewer.get("elementRegistry").get(id);
    passed.filter(known).forEach((id) => canvas.addMarker(id, "is-passed"));
    const calls = viewer.get("elementRegistry").filter(({ businessObject }) => inside.includes(businessObject.calledElement));
    calls.forEach(({ id }) => canvas.addMarker(id, "is-open"));
    open.filter(known).forEach((id) => canvas.addMarker(id, "is-open"));
    look(canvas, [...open.map(known).filter(Boolean), ...calls]);
    place.dataset.ready = "yes";
  } catch {
    place.closest(".rj-diagram-place").hidden = true;
  }
}

// A readable size, with the first open step in the middle; the whole diagram where it fits.
function look(canvas, open) {
  canvas.zoom("fit-viewport");
  if (canvas.zoom() < 0.6 && open.length) {
    const { x, y, width, height } = open[0];
    const box = canvas.viewbox();
    const scale = 0.75;
    const outer = { width: box.outer.width / scale, height: box.outer.height / scale };
    canvas.viewbox({ x: x + width / 2 - outer.width / 2, y: y + height / 2 - outer.height / 2, ...outer });
  }
}
