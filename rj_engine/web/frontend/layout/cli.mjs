/** Places each diagram named, or every shipped one, and writes it back; says which labels found no clear place. */

import { readFile, readdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import ELK from 'elkjs/lib/elk.bundled.js';

import { layout } from './layout.mjs';

const SHIPPED = fileURLToPath(new URL('../../../bpmn/pathways/', import.meta.url));

async function shipped() {
  const names = await readdir(SHIPPED);
  return names.filter((name) => name.endsWith('.bpmn')).sort().map((name) => `${SHIPPED}${name}`);
}

const elk = new ELK();
const named = process.argv.slice(2);
for (const file of named.length ? named : await shipped()) {
  const { xml, crowded } = await layout(await readFile(file, 'utf8'), elk);
  await writeFile(file, xml);
  for (const id of crowded) console.warn(`${file}: the label of ${id} is not clear of everything`);
}
