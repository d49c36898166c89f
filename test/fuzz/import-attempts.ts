import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../src/ingest/input-error';
import { importOrders } from '../../src/ingest/orders/import-orders';
import { readConfig } from '../../src/runtime/config';
import { openRuntime, type Runtime } from '../../src/runtime/runtime';
import { ordersInPart } from '../support/orders-in-part';
import type { CsvAttempt } from './attempt';
import type { Fault } from './send';

/** Imports files into the store of a running server, as `import orders` does, without a process for each. */
export class Importer {
  private files = 0;

  private constructor(
    private readonly runtime: Runtime,
    private readonly folder: string,
  ) {}

  /** @param env of the running server @param folder for the files */
  static async open(env: Record<string, string>, folder: string): Promise<Importer> {
    const config = readConfig({ ...env, LOG_LEVEL: 'silent' });
    return new Importer(await openRuntime(config, { applicationName: 'tidemark fuzz' }), folder);
  }

  /**
   * A file is refused with an InputError, or each of its documents is imported, there already, or rejected.
   */
  async import({ bytes, delimiter }: CsvAttempt): Promise<Fault> {
    const file = join(this.folder, `fuzz-${this.files++}.csv`);
    await writeFile(file, Buffer.from(bytes, 'latin1'));
    const { pool, store, config } = this.runtime;
    const settings = { reportingCurrency: config.reportingCurrency, timeZone: config.timeZone };
    try {
      const before = (await store.head())?.position ?? null;
      const report = await importOrders({ file, delimiter, concurrency: 16 }, { pool, store, settings });
      if (report.interrupted) return 'the import ended before the end of the file';
      // Other attempts place orders of other ids at the same time.
      const inPart = await ordersInPart(store, before, file, report, { delimiter });
      const wrong = inPart.filter((problem) => !problem.endsWith('undefined rows'));
      return wrong.length > 0 ? `orders came in part: ${wrong.join('; ')}` : undefined;
    } catch (error) {
      if (error instanceof InputError) return undefined;
      return `the import fails: ${(error as Error).stack ?? error}`;
    } finally {
      await rm(file, { force: true });
    }
  }

  close(): Promise<void> {
    return this.runtime.close();
  }
}
