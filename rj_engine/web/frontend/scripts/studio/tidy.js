// Lays a diagram out anew, lanes kept, as `make layout` does; what does the sums is fetched when it is first asked for.
import { layout } from "../../layout/layout.mjs";

let sums;

export async function tidied(text, place) {
  sums ??= fetched(place.dataset.editorElk);
  return (await layout(text, new (await sums)())).xml;
}

function fetched(address) {
  return new Promise((found, lost) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", () => found(window.ELK));
    script.addEventListener("error", () => {
      sums = undefined;
      lost(new Error("it cannot be fetched"));
    });
    document.head.append(script);
  });
}
