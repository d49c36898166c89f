import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { StoreConfigured } from '../../../src/domain/events';
import type { RecordedEvent } from '../../../src/event-store/event';
import type { Row } from '../../../src/lake/columns/table-definition';
import { eventDatasets } from '../../../src/lake/datasets/catalogue';
import type { Dataset } from '../../../src/lake/datasets/dataset';
import type { LakeFile, LakeFiles } from '../../../src/warehouse/lake-files';
import { rowsOfEvent } from '../../../src/warehouse/verify/rows/rows-of-event';
import { writeParquet } from './parquet';

/** A lake without Iceberg tables: Parquet files in a temporary folder, live as soon as they are added. */
export class TestLake implements LakeFiles {
  private readonly live = new Map<string, LakeFile[]>();
  private count = 0;
  private end: string | null = null;

  private constructor(
    readonly folder: string,
    private readonly id: string,
  ) {}

  static async create(id = 'lake-1'): Promise<TestLake> {
    return new TestLake(await mkdtemp(path.join(tmpdir(), 'tidemark-parquet-lake-')), id);
  }

  /** Writes a file and makes it live; without rows, does nothing. */
  async add(dataset: Dataset, rows: readonly Row[] | AsyncIterable<Row>, through: string): Promise<void> {
    if (Array.isArray(rows) && rows.length === 0) return;
    this.count += 1;
    const key = `${dataset.name}/data/month=2024/${String(this.count).padStart(6, '0')}.parquet`;
    const file = path.join(this.folder, key.replaceAll('/', '~'));
    const count = await writeParquet(dataset, rows as Iterable<Row>, file);
    const { size } = await stat(file);
    this.addFile(dataset.name, {
      key,
      rows: count,
      bytes: size,
      snapshotId: String(2n ** 60n + BigInt(this.count)),
      throughPosition: through,
      localPath: async () => file,
    });
  }

  addFile(dataset: string, file: LakeFile): void {
    this.live.set(dataset, [...(this.live.get(dataset) ?? []), file]);
    if (this.end === null || file.throughPosition > this.end) this.end = file.throughPosition;
  }

  /** Adds every row that the events make, one file for each dataset. */
  async addEvents(events: readonly RecordedEvent[], settings?: StoreConfigured): Promise<void> {
    const through = events.at(-1)?.position ?? '';
    for (const [dataset, rows] of rowsOf(events, settings)) await this.add(dataset, rows, through);
  }

  /** The lake with some of its live files only, in this order. */
  only(
    pick: (files: readonly (readonly [string, LakeFile])[]) => (readonly [string, LakeFile])[],
  ): LakeFiles {
    const picked = pick(this.all());
    return {
      identity: () => this.identity(),
      through: () => this.through(),
      async *files(dataset) {
        for (const [of, file] of picked) if (of === dataset) yield file;
      },
    };
  }

  /** Every live file, with its dataset. */
  all(): (readonly [string, LakeFile])[] {
    return [...this.live].flatMap(([dataset, files]) => files.map((file) => [dataset, file] as const));
  }

  async identity(): Promise<string> {
    return this.id;
  }

  async through(): Promise<string | null> {
    return this.end;
  }

  async *files(dataset: string): AsyncIterable<LakeFile> {
    yield* this.live.get(dataset) ?? [];
  }

  /** Removes the files of a dataset, as compaction does with those that it replaces. */
  retire(dataset: string): void {
    this.live.delete(dataset);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/**
 * The rows that each dataset makes of events.
 * @param before the settings, unless the events have them
 */
export function rowsOf(events: readonly RecordedEvent[], before?: StoreConfigured): Map<Dataset, Row[]> {
  const rows = new Map<Dataset, Row[]>(eventDatasets.map((dataset) => [dataset, []]));
  let settings = before;
  for (const event of events) {
    if (event.type === 'StoreConfigured') settings = event.data;
    for (const [dataset, own] of rows) own.push(...rowsOfEvent(dataset, event, settings));
  }
  return rows;
}
