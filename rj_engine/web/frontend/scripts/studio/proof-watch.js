// Tells how far a proof is, or cases that are moved, and shows the result when there is one.
const place = document.querySelector("[data-proof]");
const EVERY = 1500;

async function look() {
  try {
    const reply = await fetch(place.dataset.proof, { credentials: "same-origin", redirect: "error" });
    const { states, status, over, words: told } = await reply.json();
    if (over) {
      window.location.reload();
      return;
    }
    const { waits, walks } = place.dataset;
    const words = told ?? (status === "waiting" ? waits : walks.replace("{states}", states));
    if (place.textContent !== words) {
      place.textContent = words;
    }
  } catch {
    // The page says how to look again by hand.
  }
  setTimeout(look, EVERY);
}

if (place) {
  setTimeout(look, EVERY);
}
