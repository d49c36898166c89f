import { formatRow } from '../../../test/support/iceberg/format-row';
import {
  addCut,
  createLake,
  rowsOfCut,
  STORE_IDENTITY,
  stampOf,
  type TestLake,
} from '../../../test/support/iceberg/lake';
import { measurements } from '../../../test/support/iceberg/measurements';
import { describeReaders, type Readers, startReaders } from '../../../test/support/readers/readers';
import { appendCut } from './append-cut';
import { ensureTable } from './ensure-table';

describeReaders('a table that was appended to', () => {
  let readers: Readers;
  let lake: TestLake;

  beforeAll(async () => {
    [readers, lake] = await Promise.all([startReaders(), createLake()]);
    await ensureTable(lake, measurements, STORE_IDENTITY);
    for (const number of [0, 1, 2]) await addCut(lake, number);
  });
  afterAll(async () => {
    await readers.stop();
    await lake.remove();
  });

  const allRows = [0, 1, 2].flatMap((number) => ['a', 'b'].flatMap((kind) => rowsOfCut(number, kind)));
  const inOrder = (rows: readonly Record<string, unknown>[]) =>
    [...rows].sort((a, b) => (`${a.kind}${a.id}` < `${b.kind}${b.id}` ? -1 : 1));

  it('has every value for pyiceberg: nulls, decimals, lists and instants', async () => {
    const { rows } = await readers.scan(await lake.source());
    expect(inOrder(rows)).toEqual(inOrder(allRows).map((row) => formatRow(measurements, row as never)));
  });

  it('has every value for DuckDB', async () => {
    const { metadata } = await lake.source();
    const rows = await readers.sql(`SELECT * FROM iceberg_scan('${metadata}')`);
    expect(inOrder(rows)).toEqual(inOrder(allRows).map((row) => formatRow(measurements, row as never)));
  });

  it('is found by the hint as a folder', async () => {
    const [row] = await readers.sql(`SELECT count(*) AS n FROM iceberg_scan('${lake.folder}/measurements')`);
    expect(row).toEqual({ n: 60 });
  });

  it('shows its columns with their ids', async () => {
    const schema = await readers.schema(await lake.source());
    expect(schema).toEqual(
      measurements.columns.map(({ id, name, type, nullable }) => ({
        id,
        name,
        type: { string: 'string', list: 'list<string>' }[type.kind as string] ?? expect.any(String),
        required: !nullable,
      })),
    );
  });

  it.each([
    ["kind == 'a'", 30, 3],
    ["kind == 'c'", 0, 0],
    ["day >= '2010-02-01' and day < '2010-03-01'", 20, 2],
    ["kind == 'b' and day >= '2010-03-01'", 10, 1],
    // Bounds within a partition: ids begin with the same 16 characters, counts do not.
    ['count > 25', 8, 2],
    ['rate < 0', 0, 0],
    ["amount > '34.5000'", 2, 2],
    ["at < '2010-01-05T00:00:00+00:00'", 8, 2],
    ["id == 'measurement-with-a-long-id-7'", 2, 6],
    ["id > 'measurement-x'", 0, 0],
  ])('lets pyiceberg plan only the files that may have %s', async (filter, count, plannedFiles) => {
    const found = await readers.scan(await lake.source(), { filter });
    expect({ count: found.rows.length, plannedFiles: found.plannedFiles }).toEqual({ count, plannedFiles });
  });

  it('can be read as it was after each append', async () => {
    const { metadata } = await lake.table();
    const counts = [];
    for (const snapshot of metadata.snapshots) {
      const { rows } = await readers.scan(await lake.source(), { snapshot: snapshot['snapshot-id'] });
      counts.push(rows.length);
    }
    expect(counts).toEqual([20, 40, 60]);
  });

  it('says in each snapshot what it added, what there is, and which part of the log', async () => {
    const snapshots = await readers.inspect(await lake.source(), 'snapshots');
    expect(Object.fromEntries(snapshots[2]?.summary as [string, string][])).toMatchObject({
      'added-data-files': '2',
      'added-records': '20',
      'total-data-files': '6',
      'total-records': '60',
      'changed-partition-count': '2',
      'tidemark.cut': '2',
      'tidemark.from-position': stampOf(2).from,
      'tidemark.through-position': stampOf(2).through,
      'tidemark.store': STORE_IDENTITY,
    });
  });

  it('gives each file the sequence number of its snapshot', async () => {
    const entries = await readers.inspect(await lake.source(), 'entries');
    expect(entries.map(({ status, sequence_number }) => [status, sequence_number])).toEqual([
      [1, 3],
      [1, 3],
      [1, 2],
      [1, 2],
      [1, 1],
      [1, 1],
    ]);
  });

  it('has counts, sizes and bounds of every column', async () => {
    const [file] = await readers.inspect(await lake.source(), 'files');
    const metrics = file?.readable_metrics as Record<string, Record<string, unknown>>;
    expect(metrics.id).toMatchObject({ lower_bound: 'measurement-with', upper_bound: 'measurement-witi' });
    expect(metrics.amount).toMatchObject({ lower_bound: '-35.8005', upper_bound: '34.5660' });
    expect(metrics.rate).toMatchObject({
      value_count: 10,
      null_value_count: 3,
      lower_bound: '12345678901.2345678921',
      upper_bound: '12345678901.2345678930',
    });
    expect(metrics.day).toMatchObject({ lower_bound: '2010-03-01', upper_bound: '2010-03-28' });
    expect(metrics.at).toMatchObject({ lower_bound: '2010-03-01 12:00:00.005000+00:00' });
    expect(metrics.good).toMatchObject({ lower_bound: false, upper_bound: true });
    expect(metrics.big).toMatchObject({ lower_bound: 4_000_000_020, upper_bound: 4_000_000_029 });
  });

  it('takes a cut once', async () => {
    const before = await lake.table();
    expect(await addCut(lake, 2)).toEqual({ outcome: 'already' });
    expect((await lake.table()).metadataLocation).toBe(before.metadataLocation);
  });

  it('refuses a cut of another event store', async () => {
    const cut = { ...stampOf(3), store: 'store-2' };
    await expect(appendCut(lake, measurements, [], cut)).rejects.toThrow(
      'Table measurements: belongs to event store store-1, the cut is of store-2',
    );
  });
});
