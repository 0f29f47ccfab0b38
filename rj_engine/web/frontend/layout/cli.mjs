/** `node cli.mjs FILE.bpmn …`: places each diagram and writes it back; says which labels found no clear place. */

import { readFile, writeFile } from 'node:fs/promises';

import ELK from 'elkjs/lib/elk.bundled.js';

import { layout } from './layout.mjs';

const elk = new ELK();
for (const file of process.argv.slice(2)) {
  const { xml, crowded } = await layout(await readFile(file, 'utf8'), elk);
  await writeFile(file, xml);
  for (const id of crowded) console.warn(`${file}: the label of ${id} is not clear of everything`);
}
