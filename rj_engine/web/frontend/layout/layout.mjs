/**
 * Places a pathway diagram: lanes as rows by owner, time from left to right, ways back below, words clear of lines.
 * The same module serves `make layout` and a Tidy button: it needs a diagram as text, and ELK.
 */

import { BpmnModdle } from 'bpmn-moddle';
import camunda from 'camunda-bpmn-moddle/resources/camunda.json' with { type: 'json' };

import { assignColumns } from './columns.mjs';
import { writeDrawing } from './drawing.mjs';
import { readGraph } from './graph.mjs';
import { makeGrid } from './grid.mjs';
import { placeLabels } from './labels.mjs';
import { toPixels } from './place.mjs';
import { routeAll } from './routes.mjs';
import { assignRows } from './rows.mjs';

/** @returns {Promise<{xml: string, crowded: string[]}>} the diagram with its drawing, and labels that found no clear place */
export async function layout(source, elk) {
  const moddle = new BpmnModdle({ camunda });
  const { rootElement: definitions } = await moddle.fromXML(source);
  const graph = readGraph(definitions);
  const columns = await assignColumns(graph, elk);
  assignRows(graph);
  const grid = makeGrid(graph, columns);
  const lines = toPixels(graph, grid, routeAll(graph, grid));
  const crowded = placeLabels(graph, lines);
  writeDrawing(moddle, graph, lines);
  const { xml } = await moddle.toXML(definitions, { format: true });
  return { xml, crowded };
}
