import { readSettings } from '../../event-store/settings-stream';
import { describeFreshness, freshnessOf } from '../freshness';
import { printJson, printTable } from '../output';
import { withTables } from './open-lake';

const WAITS =
  'The store has no reporting currency yet: `tidemark start` exports nothing before. The first order sets ' +
  'it, or the next command where REPORTING_CURRENCY and STORE_TIME_ZONE are set. ' +
  '`tidemark export run` takes what is there.';

/** `tidemark export status` */
export async function status({ json }: { json?: boolean }): Promise<void> {
  const { exportStatus } = await import('../../lake/status.js');
  await withTables('status', async ({ runtime, lake }) => {
    const { store } = runtime;
    const rows = await exportStatus(store, lake);
    if (json) return printJson(rows);
    const lowest = rows.map(({ position }) => position).sort()[0];
    const freshness = describeFreshness(await freshnessOf(store, lowest || null));
    process.stdout.write(`Lake: ${lake.store.root}, ${freshness}\n\n`);
    if (rows.some(({ lagEvents }) => lagEvents > 0) && (await readSettings(store)) === null)
      process.stdout.write(`${WAITS}\n\n`);
    printTable(
      rows.map(({ dataset, position, lagSeconds, ...row }) => ({
        dataset,
        position: position || '-',
        ...row,
        lagSeconds: lagSeconds.toFixed(1),
      })),
    );
  });
}
