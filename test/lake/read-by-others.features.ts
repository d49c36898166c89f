import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isoDay } from '../../src/domain/calendar';
import type { Row } from '../../src/lake/columns/table-definition';
import { badRows } from '../../src/lake/datasets/bad-rows.dataset';
import { datasets, eventDatasets } from '../../src/lake/datasets/catalogue';
import type { Dataset } from '../../src/lake/datasets/dataset';
import { events } from '../../src/lake/datasets/events.dataset';
import { orderLines } from '../../src/lake/datasets/order-lines.dataset';
import type { LoadedTable } from '../../src/lake/iceberg/committer';
import { compactLake } from '../../src/lake/maintenance/compact';
import { type Lake, type LakeOptions, openLake } from '../../src/lake/open-lake';
import { deleteOrphans, expireSnapshots } from '../../src/lake/tables/delete-unused';
import { type CutFile, liveFiles } from '../../src/lake/tables/live-files';
import { rollbackTable } from '../../src/lake/tables/rollback';
import { listSnapshots } from '../../src/lake/tables/snapshots';
import { lakeCensus, wrong } from '../support/lake/census';
import { exportLog } from '../support/lake/export-log';
import { logOfMonths } from '../support/lake/log-of-months';
import { rowsOfLog, totalsOfLog, totalsOfQuery, totalsOfRead, totalsQuery } from '../support/lake/totals';
import { writeLog } from '../support/mixed-log';
import { type Readers, startReaders, type TableSource } from '../support/readers/readers';
import { createTestStore, type TestStore } from '../support/store';

const ORDERS = 60;
const WITHIN_MS = 300_000;
const FEBRUARY = '2024-02';
/** Whole months since 1970-01. */
const FEBRUARY_AS_PARTITION = (2024 - 1970) * 12 + 1;

export interface LakeUnderTest {
  options: LakeOptions;
  /** how pyiceberg finds a table */
  source(table: LoadedTable): TableSource;
  /** how DuckDB names a table, as it is now or at a snapshot */
  table(table: LoadedTable, snapshot?: bigint): string;
  /** what DuckDB has to be told once */
  prepare: readonly string[];
  close(): Promise<void>;
}

/** DuckDB's name of a table by its metadata. */
export const scanOf = ({ metadataLocation }: LoadedTable, snapshot?: bigint): string => {
  const version = snapshot === undefined ? '' : `, snapshot_from_id = ${snapshot}`;
  return `iceberg_scan('${metadataLocation}'${version})`;
};

/**
 * A lake that was filled by exports, wherever it lies, as pyiceberg and DuckDB's own Iceberg extension find
 * it.
 */
export function isReadByOthers(make: () => Promise<LakeUnderTest>): void {
  let subject: LakeUnderTest;
  let shop: TestStore;
  let readers: Readers;
  let lake: Lake;
  let folder: string;

  beforeAll(async () => {
    [subject, shop, readers] = await Promise.all([make(), createTestStore(), startReaders()]);
    folder = await mkdtemp(join(tmpdir(), 'tidemark-lake-'));
    lake = await openLake(subject.options);
    for (const sql of subject.prepare) await readers.sql(sql);
    const log = logOfMonths(ORDERS);
    // The orders are placed in the first half.
    const first = log.length / 5;
    for (const part of [log.slice(0, first), log.slice(first)]) {
      await writeLog(shop.store, part);
      await exportLog(shop.store, lake);
    }
  }, WITHIN_MS);
  afterAll(async () => {
    await lake?.close();
    await readers?.stop();
    await shop?.close();
    await subject?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const load = async ({ name }: Dataset) => (await lake.committer.load(name))!;
  const filesOf = async ({ name }: Dataset) => {
    const files: CutFile[] = [];
    for await (const file of liveFiles(lake, name)) files.push(file);
    return files;
  };
  const byPyiceberg = async (dataset: Dataset, snapshot?: bigint) => {
    const { rows } = await readers.scan(subject.source(await load(dataset)), { snapshot });
    return totalsOfRead(dataset, rows);
  };
  const byDuckDb = async (dataset: Dataset, snapshot?: bigint) => {
    const table = subject.table(await load(dataset), snapshot);
    return totalsOfQuery(dataset, await readers.sql(totalsQuery(dataset, table)));
  };
  async function expectRead(dataset: Dataset, rows: readonly Row[], snapshot?: bigint): Promise<void> {
    const expected = totalsOfLog(dataset, rows);
    expect(await byPyiceberg(dataset, snapshot)).toEqual(expected);
    expect(await byDuckDb(dataset, snapshot)).toEqual(expected);
  }

  it('has every row of the log once', async () => {
    const census = await lakeCensus(shop.store, lake);
    expect(wrong(census)).toEqual([]);
    expect(census.filter(({ rows }) => rows === 0)).toEqual([]);
  });

  it.each(eventDatasets)('has the rows of $name, and their money by currency, for both', async (dataset) => {
    await expectRead(dataset, await rowsOfLog(shop.store, dataset));
  });

  it('has an empty table for pyiceberg where no row was refused', async () => {
    expect(await byPyiceberg(badRows)).toEqual({ rows: 0, sums: {} });
  });

  it.each([
    {
      dataset: orderLines,
      filter: "order_date >= '2024-02-01' and order_date < '2024-03-01'",
      isIn: ({ order_date }: Row) => isoDay(order_date as number).startsWith(FEBRUARY),
      isFileIn: ({ partition }: CutFile) => partition[0] === FEBRUARY_AS_PARTITION,
    },
    {
      dataset: events,
      filter: "event_type = 'OrderPlaced'",
      isIn: ({ event_type }: Row) => event_type === 'OrderPlaced',
      isFileIn: ({ partition }: CutFile) => partition[0] === 'OrderPlaced',
    },
  ])('lets them open but the files for $filter', async ({ dataset, filter, isIn, isFileIn }) => {
    const all = await filesOf(dataset);
    const wanted = all.filter(isFileIn).length;
    expect(wanted).toBeGreaterThan(0);
    expect(wanted).toBeLessThan(all.length);
    const expected = totalsOfLog(dataset, (await rowsOfLog(shop.store, dataset)).filter(isIn));
    const table = await load(dataset);
    const { rows, plannedFiles } = await readers.scan(subject.source(table), { filter });
    expect(plannedFiles).toBe(wanted);
    expect(totalsOfRead(dataset, rows)).toEqual(expected);
    const query = totalsQuery(dataset, `${subject.table(table)} WHERE ${filter}`);
    expect(totalsOfQuery(dataset, await readers.sql(query))).toEqual(expected);
  });

  it('shows what there was after the first export', async () => {
    for (const dataset of [events, orderLines]) {
      const first = (await listSnapshots(lake, dataset.name)).at(-1)!;
      const rows = await rowsOfLog(shop.store, dataset, first.throughPosition);
      expect(rows.length).toBeLessThan((await rowsOfLog(shop.store, dataset)).length);
      await expectRead(dataset, rows, first.id);
    }
  });

  it('gets what was rolled back again', async () => {
    const first = (await listSnapshots(lake, orderLines.name)).at(-1)!;
    await rollbackTable(lake, orderLines.name, first.id);
    await expectRead(orderLines, await rowsOfLog(shop.store, orderLines, first.throughPosition));
    await exportLog(shop.store, lake);
    await expectRead(orderLines, await rowsOfLog(shop.store, orderLines));
  });

  it(
    'is the same after its files were merged and its history was forgotten',
    async () => {
      await compactLake(lake, datasets, folder);
      for (const dataset of datasets) {
        await expireSnapshots(lake, dataset.name);
        await deleteOrphans(lake, dataset.name, { olderThanMs: 0 });
      }
      const partitions = (await filesOf(events)).map(({ partition }) => partition.join());
      expect(new Set(partitions).size).toBe(partitions.length);
      expect(await listSnapshots(lake, events.name)).toHaveLength(1);
      for (const dataset of eventDatasets) await expectRead(dataset, await rowsOfLog(shop.store, dataset));
      expect(wrong(await lakeCensus(shop.store, lake))).toEqual([]);
    },
    WITHIN_MS,
  );
}
