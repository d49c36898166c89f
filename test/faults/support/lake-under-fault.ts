import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { LogAppend } from '../../../bench/support/order-log';
import { CutLog } from '../../../src/lake/cuts/cut-log';
import { deleteOrphans } from '../../../src/lake/tables/delete-unused';
import { lakeCensus, wrong } from '../../support/lake/census';
import { fileCensus, readTable } from '../../support/lake/readable';
import { type ExportedLake, FolderLake } from '../../support/lake/test-lake';
import { Victim, type VictimOptions } from '../../support/lake/victim';
import { writeLog } from '../../support/mixed-log';
import type { Readers } from '../../support/readers/readers';
import { createTestStore, type TestStore } from '../../support/store';
import { tell } from './rounds';

/** A shop whose log is exported to a lake while exporters or maintenance are killed. */
export class LakeUnderFault {
  private readonly victims: Victim[] = [];

  private constructor(
    readonly shop: TestStore,
    readonly lake: ExportedLake,
  ) {}

  /** @param opening the lake, which is removed in the end; default: one in a folder */
  static async create(opening: Promise<ExportedLake> = FolderLake.create()): Promise<LakeUnderFault> {
    const [shop, lake] = await Promise.all([createTestStore(), opening]);
    return new LakeUnderFault(shop, lake);
  }

  write(log: Iterable<LogAppend>): Promise<void> {
    return writeLog(this.shop.store, log);
  }

  /** An exporter in a process of its own. */
  startExporter(options: VictimOptions): Victim {
    const { shop, lake } = this;
    const { folder } = lake;
    return this.watch(Victim.exporter(shop.database.url, { folder, lake: lake.options, ...options }));
  }

  /** Ends a process when the lake is removed. */
  watch(victim: Victim): Victim {
    this.victims.push(victim);
    return victim;
  }

  /** Resolves when the lake has the whole log, or the exporter has met its fault. */
  async cutBy(exporter: Victim): Promise<void> {
    while (!(await this.isCut())) {
      if (exporter.struck) return;
      if (exporter.end) throw new Error(`The exporter ended: ${JSON.stringify(exporter.end)}`);
      await delay(20);
    }
  }

  private async isCut(): Promise<boolean> {
    const [head, latest] = [await this.shop.store.head(), await new CutLog(this.lake.store).latest()];
    return latest !== undefined && latest.through === head?.position;
  }

  /** Resolves when an exporter that was just started writes files, or is about to. */
  async atWork({ pid }: Victim): Promise<void> {
    const folders = () => readdir(join(this.lake.folder, 'work')).catch(() => []);
    while (!(await folders()).some((name) => name.includes(`_${pid}_`))) await delay(20);
  }

  /**
   * Exports what is missing, then compares every table with the log and with what pyiceberg and DuckDB read.
   * @param fault the name of the fault, for the report of the round; absent where nothing was killed
   */
  async expectExact(readers: Readers, fault?: string): Promise<void> {
    const { shop, lake } = this;
    await lake.export(shop.store);
    const catalog = lake.catalog();
    const census = await lakeCensus(shop.store, catalog);
    const sum = (of: 'lost' | 'doubled') => census.reduce((total, each) => total + each[of], 0);
    if (fault !== undefined) tell({ fault, lost: sum('lost'), doubled: sum('doubled') });
    expect(wrong(census)).toEqual([]);
    for (const { dataset, rows } of census) {
      if (rows > 0) {
        const { says, ...others } = await readTable(catalog, readers, dataset);
        expect({ dataset, rows: says.rows }).toEqual({ dataset, rows });
        expect(says.files).toEqual([...new Set(says.files)]);
        expect({ dataset, ...others }).toEqual({ dataset, duckdb: rows, pyiceberg: says });
      }
      // Nobody writes now: exactly the files that no snapshot needs may go.
      await deleteOrphans(catalog, dataset, { olderThanMs: 0, now: Date.now() + 1_000 });
      expect({ dataset, ...(await fileCensus(catalog, dataset)) }).toEqual({
        dataset,
        missing: [],
        unused: [],
      });
    }
    // Files that killed processes had begun are gone.
    expect(await readdir(join(lake.folder, 'work'))).toEqual([]);
  }

  async remove(): Promise<void> {
    for (const victim of this.victims) await victim.endBy('SIGKILL');
    await this.lake.remove();
    await this.shop.close();
  }
}
