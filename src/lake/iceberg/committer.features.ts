import {
  addCut,
  compactFiles,
  putCutFile,
  rewriteGroup,
  STORE_IDENTITY,
  stampOf,
} from '../../../test/support/iceberg/lake';
import { column, measurements } from '../../../test/support/iceberg/measurements';
import type { ScanOptions, TableSource } from '../../../test/support/readers/readers';
import { type Readers, startReaders } from '../../../test/support/readers/readers';
import { appendCut } from '../tables/append-cut';
import { expireSnapshots } from '../tables/delete-unused';
import { ensureTable } from '../tables/ensure-table';
import { clearResumeAfter, rollbackTable } from '../tables/rollback';
import { listSnapshots } from '../tables/snapshots';
import { RESUME_AFTER } from '../tables/stamp';
import type { Catalog } from './committer';

export interface CommitterUnderTest {
  /** opens the catalog as a new process does: nothing is remembered */
  open(): Catalog;
  /** where a reader finds the table as it is now */
  source(table: string): Promise<TableSource>;
  close(): Promise<void>;
}

/** The behaviour that every committer owes: other readers find each commit once, and whole. */
export function behavesAsCommitter(start: () => Promise<CommitterUnderTest>): void {
  let readers: Readers;
  let tested: CommitterUnderTest;
  let tables = 0;

  beforeAll(async () => {
    [readers, tested] = await Promise.all([startReaders(), start()]);
  });
  afterAll(async () => {
    await readers.stop();
    await tested.close();
  });

  /** A table of its own with the cuts 0, 1 and 12; 0 and 12 lie in one month. */
  const createTable = async () => {
    const dataset = { ...measurements, name: `measurements_${++tables}` };
    const catalog = tested.open();
    await ensureTable(catalog, dataset, STORE_IDENTITY);
    for (const number of [0, 1, 12]) await addCut(catalog, number, dataset);
    return { dataset, catalog };
  };
  const ids = async (table: string, options?: ScanOptions) => {
    const { rows } = await readers.scan(await tested.source(table), options);
    return rows.map(({ kind, id }) => `${kind}${id}`);
  };
  const counts = async (table: string, options?: ScanOptions) => {
    const found = await ids(table, options);
    return { rows: found.length, distinct: new Set(found).size };
  };

  it('has no table that was never made', async () => {
    expect(await tested.open().committer.load('nothing')).toBeUndefined();
  });

  it('makes one table when several writers create it, with the field ids of the definition', async () => {
    const dataset = { ...measurements, name: 'created' };
    const made = await Promise.all(
      Array.from({ length: 4 }, () => ensureTable(tested.open(), dataset, STORE_IDENTITY)),
    );
    expect(new Set(made.map(({ metadata }) => metadata['table-uuid'])).size).toBe(1);
    const schema = await readers.schema(await tested.source('created'));
    expect(schema.map(({ id }) => id)).toEqual(dataset.columns.map(({ id }) => id));
    const [list] = made[0]!.metadata.schemas[0]!.fields.slice(-1);
    expect(list?.type).toMatchObject({ 'element-id': 1010 });
  });

  it('has every row of every append, and each state before it', async () => {
    const { dataset, catalog } = await createTable();
    expect(await counts(dataset.name)).toEqual({ rows: 60, distinct: 60 });
    const [, , first] = await listSnapshots(catalog, dataset.name);
    expect(await counts(dataset.name, { snapshot: first!.id })).toEqual({ rows: 20, distinct: 20 });
    expect(await addCut(tested.open(), 12, dataset)).toEqual({ outcome: 'already' });
  });

  it('takes each cut once when 8 writers race', async () => {
    const { dataset, catalog } = await createTable();
    const file = await putCutFile(catalog, 13, 'a', dataset);
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => appendCut(tested.open(), dataset, [file], stampOf(13))),
    );
    expect(outcomes.filter(({ outcome }) => outcome === 'committed')).toHaveLength(1);
    expect(await counts(dataset.name)).toEqual({ rows: 70, distinct: 70 });
  });

  it('takes columns that were added, and others that became wider', async () => {
    const { dataset, catalog } = await createTable();
    const note = column(11, 'note', { kind: 'string' }, true);
    const columns = dataset.columns.map((column) =>
      column.name === 'count' ? { ...column, type: { kind: 'long' as const } } : column,
    );
    const wider = { ...dataset, columns: [...columns, note] };
    await ensureTable(catalog, wider, STORE_IDENTITY);
    await addCut(catalog, 13, wider);
    const { rows } = await readers.scan(await tested.source(dataset.name));
    expect(rows).toHaveLength(80);
    expect(rows.filter((row) => row.note === 'new')).toHaveLength(20);
  });

  it('has the same rows after a compaction, an expiry and an append', async () => {
    const { dataset, catalog } = await createTable();
    const before = (await ids(dataset.name)).sort();
    expect(await compactFiles(catalog, dataset, rewriteGroup(catalog, dataset))).toMatchObject({
      filesWritten: 2,
    });
    expect((await ids(dataset.name)).sort()).toEqual(before);
    expect(await expireSnapshots(catalog, dataset.name)).toMatchObject({ snapshots: 3, dataFiles: 4 });
    expect((await ids(dataset.name)).sort()).toEqual(before);
    await addCut(tested.open(), 13, dataset);
    expect(await counts(dataset.name)).toEqual({ rows: 80, distinct: 80 });
  });

  it('goes back to an older snapshot, and on from there', async () => {
    const { dataset, catalog } = await createTable();
    const [, second] = await listSnapshots(catalog, dataset.name);
    expect(await rollbackTable(catalog, dataset.name, second!.id)).toBe(1);
    expect(await counts(dataset.name)).toEqual({ rows: 40, distinct: 40 });
    const { metadata } = (await catalog.committer.load(dataset.name))!;
    await clearResumeAfter(catalog, dataset.name, metadata.properties[RESUME_AFTER]!);
    expect(await addCut(catalog, 12, dataset)).toMatchObject({ outcome: 'committed' });
    expect(await counts(dataset.name)).toEqual({ rows: 60, distinct: 60 });
  });
}
