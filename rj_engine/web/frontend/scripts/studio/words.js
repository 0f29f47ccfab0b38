// The words of these scripts in the language of the page, which gives them; each in English where it gives none.
const given = document.getElementById("editor-words");
const known = given ? JSON.parse(given.textContent) : {};

export function say(words, parts = {}) {
  return (known[words] ?? words).replace(/\{(\w+)\}/g, (place, name) => parts[name] ?? place);
}
