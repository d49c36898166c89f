// `npm run scale` brings docs/scale.md up to date with bench/RESULTS.md; `npm run scale -- ORDERS
// [PARTITIONS]` says what so many orders a second ask of each part.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rowsOf } from './scale/measured';
import { loadTable } from './scale/page';
import { writeScale } from './scale/write';

const PARTITIONS = 12;

const [orders, partitions = PARTITIONS] = process.argv.slice(2).map(Number);
if (orders === undefined) writeScale();
else if (orders > 0 && partitions >= 1)
  console.log(loadTable(rowsOf(readFileSync(join(__dirname, 'RESULTS.md'), 'utf8')), orders, partitions));
else {
  console.error('Usage: npm run scale [-- ORDERS_A_SECOND [PARTITIONS]]');
  process.exitCode = 2;
}
