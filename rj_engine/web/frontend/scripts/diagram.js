// Draws a pathway and marks where the case stands. The same facts stand beside it as a list.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

for (const place of document.querySelectorAll("[data-diagram]")) {
  draw(place);
}

async function draw(place) {
  const { source, open, passed, inside, warm = [], hot = [], words = {} } = JSON.parse(document.getElementById(place.dataset.diagram).textContent);
  try {
    const reply = await fetch(source, { credentials: "same-origin" });
    if (!reply.ok) {
      throw new Error(`${reply.status}`);
    }
    const viewer = new NavigatedViewer({ container: place });
    await viewer.importXML(await reply.text());
    const canvas = viewer.get("canvas");
    const elements = viewer.get("elementRegistry");
    const here = [...open, ...calls(elements, inside, passed)].filter((id) => elements.get(id));
    passed.filter((id) => elements.get(id) && !here.includes(id)).forEach((id) => canvas.addMarker(id, "is-passed"));
    here.forEach((id) => canvas.addMarker(id, "is-open"));
    warm.filter((id) => elements.get(id)).forEach((id) => canvas.addMarker(id, "is-warm"));
    hot.filter((id) => elements.get(id)).forEach((id) => canvas.addMarker(id, "is-hot"));
    write(viewer.get("overlays"), elements, words);
    look(canvas, [...here, ...hot, ...warm].map((id) => elements.get(id)).filter(Boolean));
    place.dataset.ready = "yes";
  } catch {
    place.closest(".rj-diagram-place").hidden = true;
  }
}

// Counts above the elements they are about; the page says the same as a table.
function write(overlays, elements, words) {
  for (const [id, text] of Object.entries(words)) {
    if (elements.get(id)) {
      const html = document.createElement("span");
      html.className = "rj-diagram__count";
      html.textContent = text;
      overlays.add(id, { position: { top: -14, left: 0 }, html });
    }
  }
}

// The steps that called the part where something is open: reached and not left yet; after a loop, those called before.
function calls(elements, inside, passed) {
  const calling = elements.filter(({ businessObject }) => inside.includes(businessObject.calledElement));
  const reached = ({ businessObject }) => (businessObject.incoming ?? []).some(({ sourceRef }) => passed.includes(sourceRef.id));
  const within = calling.filter((element) => reached(element) && !passed.includes(element.id));
  return (within.length ? within : calling.filter(reached)).map(({ id }) => id);
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
