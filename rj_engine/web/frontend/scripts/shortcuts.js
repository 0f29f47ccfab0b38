// Single letters for who wants them, never while somebody types; and arrows that go from row to row of a list.
const TYPING = "input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]";

export function offerShortcuts(page) {
  const letters = JSON.parse(page.body.dataset.shortcuts ?? "{}");
  page.addEventListener("keydown", (press) => {
    if (press.ctrlKey || press.altKey || press.metaKey || press.defaultPrevented || press.target.closest(TYPING)) {
      return;
    }
    const wanted = letters[press.key];
    if (wanted?.go) {
      press.preventDefault();
      page.location.assign(wanted.go);
    } else if (wanted?.do) {
      press.preventDefault();
      act(page, wanted.do);
    } else if (press.target.closest("[data-rows]") && press.key in ARROWS) {
      press.preventDefault();
      ARROWS[press.key](page);
    }
  });
}

const ARROWS = {
  ArrowDown: (page) => go(page, 1),
  ArrowUp: (page) => go(page, -1),
  Home: (page) => links(page).at(0)?.focus(),
  End: (page) => links(page).at(-1)?.focus(),
};

function act(page, what) {
  if (what === "next" || what === "previous") {
    go(page, what === "next" ? 1 : -1);
  } else if (what === "tick") {
    page.activeElement.closest("tr")?.querySelector("input[type=checkbox]")?.click();
  } else if (what === "open") {
    page.activeElement.closest("tr")?.querySelector("th a")?.click();
  }
}

function links(page) {
  return [...page.querySelectorAll("[data-rows] tr th a")];
}

// From the row that has the focus; from outside of every list to the first row, or the last.
function go(page, way) {
  const all = links(page);
  const here = all.indexOf(page.activeElement.closest("tr")?.querySelector("th a"));
  const next = here < 0 ? (way > 0 ? 0 : all.length - 1) : here + way;
  all[Math.min(Math.max(next, 0), all.length - 1)]?.focus();
}
