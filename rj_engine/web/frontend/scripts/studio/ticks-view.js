// Ticks every case of a table, or none, and says how many are ticked.
for (const tools of document.querySelectorAll("[data-ticks]")) {
  const boxes = [...document.getElementById(tools.dataset.ticks).querySelectorAll("input[type=checkbox]")];
  const said = tools.querySelector("[data-ticked]");
  const count = () => {
    const ticked = boxes.filter(({ checked }) => checked).length;
    said.textContent = said.dataset.ticked.replace("{ticked}", ticked).replace("{all}", boxes.length);
  };
  tools.querySelectorAll("[data-tick]").forEach((button) =>
    button.addEventListener("click", () => {
      boxes.forEach((box) => (box.checked = button.dataset.tick === "all"));
      count();
    }),
  );
  boxes.forEach((box) => box.addEventListener("change", count));
  tools.hidden = false;
  count();
}
