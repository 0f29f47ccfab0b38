// Opens a question where the answers before it call for it. Which answers close it was worked out on the server,
// by the same FEEL that checks the answers: there is no second evaluator here, only a table to look in.

export function openQuestions(page) {
  for (const table of page.querySelectorAll("script[data-question-table]")) {
    const form = table.closest("form");
    const { order, rules, places } = JSON.parse(table.textContent);
    const update = () => show(form, order, rules, places);
    form.addEventListener("change", update);
    form.addEventListener("input", update);
    update();
  }
}

function show(form, order, rules, places) {
  const given = new Map();
  const closed = (names) => names.some((name) => {
    const { reads, hides } = rules[name];
    return hides.includes(JSON.stringify(reads.map((key) => given.get(key) ?? null)));
  });
  for (const [key, type, names] of order) {
    given.set(key, closed(names) ? empty(type) : answer(form, key, type));
  }
  for (const place of form.querySelectorAll("[data-place]")) {
    const shut = closed(places[place.dataset.place]);
    place.toggleAttribute("data-closed", shut);
  }
}

// Of what is typed the table knows only whether there is any.
const GIVEN = "…";

function field(form, name) {
  return form.querySelector(`[name="${name}"]`);
}

function empty(type) {
  return { checkbox: false, checklist: [] }[type] ?? null;
}

function answer(form, key, type) {
  const named = [...form.querySelectorAll(`[name="${key}"]`)];
  if (type === "checkbox") {
    return named.some((input) => input.checked);
  }
  if (type === "checklist") {
    return named.filter((input) => input.checked).map((input) => input.value);
  }
  if (type === "radio") {
    return named.find((input) => input.checked)?.value ?? null;
  }
  if (type === "select") {
    return named[0]?.value || null;
  }
  const typed = type === "date" ? ["day", "month", "year"].map((part) => field(form, `${key}-${part}`)) : named;
  return typed.every((input) => input?.value.trim()) ? GIVEN : null;
}
