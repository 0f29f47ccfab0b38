// What of a drawing is seen.
const PALETTE = 130;
const READABLE = 0.75;

// The whole drawing, beside the palette and not beneath it.
export function fit(canvas) {
  canvas.zoom("fit-viewport");
  const { x, y, width, height, outer, scale } = canvas.viewbox();
  const share = (outer.width - PALETTE) / outer.width;
  const above = Math.max(0, (outer.height / (scale * share) - canvas.getRootElement().children[0]?.height || 0) / 2);
  canvas.viewbox({ x: x - PALETTE / (scale * share), y: y - above, width: width / share, height: height / share });
}

// Near enough to read, where it is not.
export function closer(canvas, element) {
  if (element && canvas.zoom() < READABLE) {
    canvas.zoom(READABLE, element);
    canvas.scrollToElement(element, { left: 200, top: 200, right: 100, bottom: 100 });
  }
}
