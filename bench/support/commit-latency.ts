import { orderLines } from '../../src/lake/datasets/order-lines.dataset';
import type { DataFile } from '../../src/lake/iceberg/data-file';
import { openLake } from '../../src/lake/open-lake';
import { appendCut } from '../../src/lake/tables/append-cut';
import { ensureTable } from '../../src/lake/tables/ensure-table';
import { median } from './samples';

const STORE = 'bench';
const SAMPLE = 50;

/**
 * Commits files to a table in a folder, one at a time, as a quiet shop's exporter does.
 * @returns medians in milliseconds of the first and the last 50
 */
export async function commitLatency(
  folder: string,
  snapshots: number,
): Promise<{ first: number; last: number }> {
  const lake = await openLake({ url: folder });
  try {
    await ensureTable(lake, orderLines, STORE);
    const took: number[] = [];
    for (let number = 1; number <= snapshots + SAMPLE; number++) {
      const position = (n: number) => String(n).padStart(19, '0');
      const stamp = { number, from: position(number - 1), through: position(number), store: STORE };
      const startedAt = performance.now();
      await appendCut(lake, orderLines, [file(number)], stamp);
      took.push(performance.now() - startedAt);
    }
    return { first: median(took.slice(0, SAMPLE)), last: median(took.slice(-SAMPLE)) };
  } finally {
    await lake.close();
  }
}

/** A commit does not look into its files, so there need not be any. */
function file(number: number): DataFile {
  const ids = orderLines.columns.map(({ id }) => id);
  const each = (value: number) => new Map(ids.map((id) => [id, value]));
  return {
    path: `${orderLines.name}/data/order_date_month=2024-01/${number}.parquet`,
    partition: [648],
    recordCount: 1_000,
    fileSize: 50_000,
    columnSizes: each(2_000),
    valueCounts: each(1_000),
    nullCounts: each(0),
    lower: new Map([[1, `o${number}`]]),
    upper: new Map([[1, `o${number + 1}`]]),
  };
}
