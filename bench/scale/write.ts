import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rowsOf } from './measured';
import { capacityTable, commitTable, picture } from './page';

const ROOT = join(__dirname, '../..');
const PAGE = join(ROOT, 'docs/scale.md');
const PICTURE = join(ROOT, 'docs/scale.svg');

/** docs/scale.md with its tables, and its picture, as bench/RESULTS.md makes them. */
export function made(): { page: string; picture: string } {
  const rows = rowsOf(readFileSync(join(ROOT, 'bench/RESULTS.md'), 'utf8'));
  const page = readFileSync(PAGE, 'utf8');
  return {
    page: withPart(withPart(page, 'capacity', capacityTable(rows)), 'commits', commitTable(rows)),
    picture: picture(rows),
  };
}

/** As the files are. */
export const checkedIn = (): { page: string; picture: string } => ({
  page: readFileSync(PAGE, 'utf8'),
  picture: readFileSync(PICTURE, 'utf8'),
});

/** Brings docs/scale.md and docs/scale.svg up to date with bench/RESULTS.md. */
export function writeScale(): void {
  const { page, picture: svg } = made();
  writeFileSync(PAGE, page);
  writeFileSync(PICTURE, svg);
}

/** Replaces what stands between `<!-- name -->` and `<!-- /name -->`. */
function withPart(page: string, name: string, text: string): string {
  const [from, to] = [`<!-- ${name} -->\n\n`, `\n<!-- /${name} -->`];
  const [before, rest = ''] = page.split(from);
  const [, after] = rest.split(to);
  if (after === undefined) throw new Error(`docs/scale.md has no place for ${name}`);
  return `${before}${from}${text}\n${to}${after}`;
}
