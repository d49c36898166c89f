import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { orders } from '../../src/lake/datasets/orders.dataset';
import { decodeAvroFile } from '../../src/lake/iceberg/avro-file';
import { formatJson, parseJson } from '../../src/lake/iceberg/lossless-json';
import type { TableMetadata } from '../../src/lake/iceberg/metadata';
import { compactLake } from '../../src/lake/maintenance/compact';
import { emptyTable, rollbackTable } from '../../src/lake/tables/rollback';
import { listSnapshots } from '../../src/lake/tables/snapshots';
import { InMemoryEventStore } from '../support/in-memory.event-store';
import { tooLarge } from '../support/lake/refused-orders';
import { FolderLake } from '../support/lake/test-lake';
import { mixedLog, writeLog } from '../support/mixed-log';

const FIRST_PART = 40;
const LONG_TEXT = 300;
const RECORDED_AT = Date.UTC(2024, 2, 1);

/** A log that is the same each time, down to positions and times. */
class FixedLog extends InMemoryEventStore {
  override async identity(): Promise<string> {
    return 'store-1';
  }

  override async *readAll(after: string | null, { until }: { until?: string } = {}) {
    const events = this.log
      .filter(({ position }) => position > (after ?? '') && position <= (until ?? position))
      .map((event) => ({ ...event, recordedAt: RECORDED_AT + Number(event.position) }));
    const last = events.at(-1);
    if (last) yield { events, through: last.position, throughRecordedAt: last.recordedAt, caughtUp: true };
  }
}

/** A lake outlives the program's version: what one version wrote, the next one must be able to go on with. */
describe('a small lake', () => {
  let lake: FolderLake;
  let folder: string;
  beforeAll(async () => {
    lake = await FolderLake.create();
    folder = await mkdtemp(join(tmpdir(), 'tidemark-small-lake-'));
    const store = new FixedLog();
    const log = [...mixedLog(20), tooLarge('large')];
    await writeLog(store, log.slice(0, FIRST_PART));
    await lake.export(store);
    await writeLog(store, log.slice(FIRST_PART));
    await lake.export(store);
    const [, first] = await listSnapshots(lake.catalog(), orders.name);
    await rollbackTable(lake.catalog(), orders.name, first!.id);
    await lake.export(store);
    await compactLake(lake.catalog(), [orders], folder);
    await emptyTable(lake.catalog(), 'bad_rows');
  });
  afterAll(async () => {
    await lake.remove();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(['orders', 'bad_rows'])('has for %s the metadata that earlier versions wrote', async (name) => {
    expect(await metadataOf(lake, name)).toMatchSnapshot();
  });

  it('has the files and the cuts that earlier versions wrote', async () => {
    const keys: string[] = [];
    const cuts: unknown[] = [];
    for await (const { key } of lake.store.list('')) {
      keys.push(withoutChance(key));
      if (key.startsWith('_tidemark/cuts/')) cuts.push(parseJson(String(await lake.store.get(key))));
    }
    expect({ keys: keys.sort(), cuts }).toMatchSnapshot();
  });
});

/**
 * What a table's metadata says, a line each, as it was written: the properties of every version, the newest
 * version, its manifest lists and their manifests.
 */
async function metadataOf({ store }: FolderLake, name: string): Promise<string> {
  const read = async (location: string) => (await store.get(location.slice(store.root.length + 1)))!;
  const versions: TableMetadata[] = [];
  for await (const { key } of store.list(`${name}/metadata/v`))
    if (key.endsWith('.json')) versions.push(parseJson(String(await store.get(key))) as TableMetadata);
  const lines: unknown[] = [...versions.map(({ properties }) => properties), versions.at(-1)];
  const { snapshots } = versions.at(-1)!;
  const avroFiles = new Set(snapshots.map((snapshot) => snapshot['manifest-list']));
  for (const location of avroFiles) {
    const { records, metadata } = await decodeAvroFile<{ manifest_path?: string }>(await read(location));
    lines.push(Object.fromEntries(metadata), ...records);
    // A list's manifests come behind all lists.
    for (const { manifest_path: manifest } of records) if (manifest) avroFiles.add(manifest);
  }
  const seen = new Set<string>();
  let text = lines.map((line) => formatJson(readable(line, seen))).join('\n');
  for (const [n, { 'snapshot-id': id }] of snapshots.entries())
    text = text.replaceAll(String(id), `<snapshot ${n + 1}>`);
  return withoutChance(text.replaceAll(store.root, '<lake>'));
}

/** A value with its bytes as hexadecimal digits. A long text, such as a schema, is shown once. */
function readable(value: unknown, seen: Set<string>): unknown {
  if (Buffer.isBuffer(value)) return value.toString('hex');
  if (Array.isArray(value)) return value.map((part) => readable(part, seen));
  if (typeof value === 'string' && seen.has(value)) return '<as above>';
  if (typeof value === 'string' && value.length > LONG_TEXT) seen.add(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, readable(part, seen)]));
}

/** A text without ids, times, checksums and sizes: the last two follow from DuckDB's version. */
function withoutChance(text: string): string {
  const uuids = new Map<string, string>();
  return text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (uuid) => {
      if (!uuids.has(uuid)) uuids.set(uuid, `<uuid ${uuids.size + 1}>`);
      return uuids.get(uuid)!;
    })
    .replace(/(snap-)\d+/, '$1<snapshot>')
    .replace(/-[0-9a-f]{16}(?=\.parquet)/g, '-<checksum>')
    .replace(/("(?:timestamp-ms|last-updated-ms|manifest_length|file_size_in_bytes)":)\d+/g, '$1<number>')
    .replace(/("[a-z-]+-files-size":)"\d+"/g, '$1<number>')
    .replace(/("column_sizes":)\[[^\]]*\]/g, '$1<numbers>');
}
