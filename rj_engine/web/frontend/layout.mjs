/** `node layout.mjs [FILE.bpmn …]`: places diagrams, all shipped ones unless some are named. See layout/. */

import './layout/cli.mjs';
