/** Places a pathway diagram; see layout/layout.mjs. */

export { layout } from './layout/layout.mjs';
