/** How much room a label takes, as the viewer will wrap it: at most 90 wide, 11 pixels high letters. */

const WIDEST = 90;
const LINE = 14;
const NARROW = /[ijltf.,:;'()|! ]/;
const WIDE = /[mwMWA-Z@]/;

export const letters = (text) => [...text].reduce((sum, letter) => sum + (NARROW.test(letter) ? 3.4 : WIDE.test(letter) ? 8 : 6.1), 0);

export function measure(text, widest = WIDEST) {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (letters(longer) <= widest || !lines.at(-1)) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return { width: Math.ceil(Math.max(...lines.map(letters))) + 2, height: lines.length * LINE };
}
