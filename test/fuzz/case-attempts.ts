import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../../src/ingest/simulator/random';
import type { CsvAttempt } from './attempt';
import { mutateBytes, mutateText } from './mutate';

/** Order files that went wrong once. */
const CASES = join(__dirname, '../cases/csv');

let cases: string[] | undefined;

/** The files as bytes, one a character. */
function caseFiles(): string[] {
  cases ??= readdirSync(CASES)
    .sort()
    .map((name) => readFileSync(join(CASES, name), 'latin1'));
  return cases;
}

/** One of the files that went wrong once, in which something else is wrong now. */
export function caseAttempt(random: Random): CsvAttempt {
  const file = random.pick(caseFiles());
  const other = random.chance(0.1) ? random.pick(caseFiles()) : '';
  const changed = random.pick([mutateText, mutateBytes, swapCells, (text: string) => text])(file, random);
  return { kind: 'csv', bytes: changed + other };
}

const CELLS = ['', '-1', '0', '1,5', '1.250', 'NULL', 'JPY', '2031-01-01', '3/4/2024', '-9.99', '1E+12', '"'];

/** Another cell in place of one, so that the rows keep their shape. */
function swapCells(text: string, random: Random): string {
  const lines = text.split('\n');
  for (let changes = random.between(1, 4); changes > 0; changes--) {
    const at = random.between(0, lines.length - 1);
    const cells = (lines[at] ?? '').split(',');
    cells[random.between(0, cells.length - 1)] = random.pick(CELLS);
    lines[at] = cells.join(',');
  }
  return lines.join('\n');
}
