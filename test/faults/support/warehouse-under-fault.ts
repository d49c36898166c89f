import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Exporter } from '../../../src/export/exporter';
import { datasets } from '../../../src/lake/datasets/catalogue';
import { loadWarehouse } from '../../../src/warehouse/duckdb/duckdb-warehouse';
import { workingCopy } from '../../../src/warehouse/duckdb/publication';
import { WAREHOUSE_FILE, warehouseFile } from '../../../src/warehouse/duckdb/published';
import { tableFiles } from '../../../src/warehouse/load/table-files';
import { LogParts } from '../../support/lake/log-parts';
import { FolderLake } from '../../support/lake/test-lake';
import { writeLog } from '../../support/mixed-log';
import { createTestStore, type TestStore } from '../../support/store';
import {
  createTestWarehouse,
  differences,
  rowsIn,
  type TestWarehouse,
} from '../../support/warehouse/warehouse';
import { tell } from './rounds';

const PROGRAM = path.join(__dirname, '../../../dist/cli/main.js');
const RUN_TYPESCRIPT = path.join(__dirname, '../../support/run-typescript.js');
const LOAD_PROCESS = path.join(__dirname, '../../support/warehouse/load-process.ts');

/** Some five appends each. */
const ORDERS = 6_000;
const FIRST_APPENDS = 2_000;
/** Orders of each later batch. */
const APPENDS = 20;
const PAUSE_MS = 200;
const CUT_AGE_MS = 500;
const POLL_MS = 2;

interface Load {
  process: ChildProcess;
  /** what it wrote to stderr */
  ended: Promise<string>;
}

/** A shop whose log grows and is exported all the time, and a warehouse whose loads are killed. */
export class WarehouseUnderFault {
  private readonly ending = new AbortController();
  private readonly log = new LogParts(ORDERS);
  private working: Promise<unknown> = Promise.resolve();
  private failure: unknown;
  private cuts = 0;
  private loading: Load | undefined;
  /** of the last undisturbed load, from its first file to its end */
  private loadMs = 0;

  private constructor(
    private readonly shop: TestStore,
    private readonly lake: FolderLake,
    private readonly warehouse: TestWarehouse,
  ) {}

  /** Resolves when the first events are in the lake. */
  static async create(): Promise<WarehouseUnderFault> {
    const fault = new WarehouseUnderFault(
      await createTestStore(),
      await FolderLake.create(),
      await createTestWarehouse(),
    );
    await writeLog(fault.shop.store, fault.log.next(FIRST_APPENDS));
    fault.working = Promise.all([fault.write(), fault.export()]);
    fault.working.catch((error) => {
      fault.failure = error;
    });
    await fault.nextCut();
    return fault;
  }

  /**
   * Loads in a process that kills itself at a step.
   * @returns whether it reached that step
   */
  async loadKilledAt(step: number): Promise<boolean> {
    const { url, folder } = this.places;
    return this.killed(this.start(RUN_TYPESCRIPT, LOAD_PROCESS, url, folder, String(step)));
  }

  /**
   * `tidemark warehouse load`, killed while it works.
   * @returns false when it ended before
   */
  async loadKilledAtRandom(): Promise<boolean> {
    const load = await this.startWorking();
    await delay(Math.random() * this.loadMs);
    load.process.kill('SIGKILL');
    return this.killed(load);
  }

  /** `tidemark warehouse load`, undisturbed. */
  async load(): Promise<void> {
    const load = await this.startWorking();
    const startedAt = performance.now();
    expect(await this.killed(load)).toBe(false);
    this.loadMs = performance.now() - startedAt;
  }

  /** Resolves when the lake has more events than now. */
  async nextCut(): Promise<void> {
    const { cuts } = this;
    while (this.cuts === cuts) {
      if (this.failure) throw this.failure;
      await delay(POLL_MS);
    }
  }

  /**
   * Lets writing and exporting end, loads what is missing, and compares every table with that of a clean
   * load.
   */
  async expectExact(fault: string): Promise<void> {
    this.ending.abort();
    await this.working;
    await this.lake.export(this.shop.store);
    await this.load();
    const clean = await createTestWarehouse();
    try {
      await loadWarehouse(clean, this.files);
      const found = await differences(this.warehouse, clean);
      const sum = (of: 'lost' | 'doubled') => found.reduce((total, each) => total + each[of], 0);
      tell({ fault, lost: sum('lost'), doubled: sum('doubled') });
      expect(found.filter(({ lost, doubled }) => lost > 0 || doubled > 0)).toEqual([]);
    } finally {
      await clean.remove();
    }
    expect(await this.ledger()).toEqual(await this.liveFiles());
    expect((await readdir(this.warehouse.folder)).sort()).toEqual([WAREHOUSE_FILE, `${WAREHOUSE_FILE}.lock`]);
  }

  async remove(): Promise<void> {
    this.ending.abort();
    this.loading?.process.kill('SIGKILL');
    await this.loading?.ended;
    await this.working.catch(() => {});
    await this.warehouse.remove();
    await this.lake.remove();
    await this.shop.close();
  }

  private get files() {
    const { lake } = this;
    return tableFiles(lake.catalog(), async (key) => path.join(this.places.url, key));
  }

  private get places(): { url: string; folder: string } {
    return { url: path.join(this.lake.folder, 'lake'), folder: this.warehouse.folder };
  }

  private async write(): Promise<void> {
    while (!this.ending.signal.aborted) {
      await writeLog(this.shop.store, this.log.next(APPENDS));
      await delay(PAUSE_MS);
    }
  }

  private async export(): Promise<void> {
    const exporter = await Exporter.open({
      store: this.shop.store,
      catalog: this.lake.catalog(),
      workFolder: path.join(this.lake.folder, 'work'),
      limits: { ageMs: CUT_AGE_MS },
      // The ledger also has files that were compacted since. Here it must equal the files of the lake.
      tidyEvery: Number.POSITIVE_INFINITY,
      onExported: () => {
        this.cuts += 1;
      },
    });
    try {
      await exporter.follow(this.ending.signal);
    } finally {
      await exporter.close();
    }
  }

  private async startWorking(): Promise<Load> {
    const load = this.start(PROGRAM, 'warehouse', 'load', '--json');
    const copy = workingCopy(warehouseFile(this.warehouse));
    const isAlive = () => load.process.exitCode === null && load.process.signalCode === null;
    while (isAlive() && !existsSync(copy)) await delay(POLL_MS);
    return load;
  }

  private start(...args: string[]): Load {
    const { url, folder } = this.places;
    const { PATH, HOME, TMPDIR } = process.env;
    const env = { PATH, HOME, TMPDIR, TIDEMARK_DATA_DIR: folder, LAKE_URL: url };
    const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const ended = once(child, 'close').then(() => stderr);
    this.loading = { process: child, ended };
    return this.loading;
  }

  /**
   * Waits for the end of a load. After kill -9 the warehouse must have the rows of the files in the ledger
   * and no others.
   */
  private async killed({ process: child, ended }: Load): Promise<boolean> {
    const stderr = await ended;
    if (child.signalCode !== 'SIGKILL') {
      if (child.exitCode !== 0) throw new Error(`A load ended with ${child.exitCode}:\n${stderr}`);
      return false;
    }
    if (!existsSync(warehouseFile(this.warehouse))) return true;
    const counts = datasets.map(
      ({ name }) => `
SELECT '${name}' AS dataset, (SELECT count(*) FROM stg_${name}) AS rows,
       (SELECT coalesce(sum(row_count), 0) FROM load_ledger WHERE dataset = '${name}') AS rows_of_files`,
    );
    const uneven = `SELECT * FROM (${counts.join(' UNION ALL ')}) WHERE rows <> rows_of_files`;
    expect(await rowsIn(this.warehouse, uneven)).toEqual([]);
    return true;
  }

  private async ledger(): Promise<string[]> {
    const rows = await rowsIn(
      this.warehouse,
      'SELECT dataset, file_key, row_count, bytes, snapshot_id, through_position FROM load_ledger',
    );
    return rows.map((row) => Object.values(row).join(' ')).sort();
  }

  private async liveFiles(): Promise<string[]> {
    const found: string[] = [];
    for (const { name } of datasets) {
      for await (const { key, rows, bytes, snapshotId, throughPosition } of this.files.files(name))
        found.push([name, key, rows, bytes, snapshotId, throughPosition].join(' '));
    }
    return found.sort();
  }
}
