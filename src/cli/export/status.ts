import { describeFreshness, freshnessOf } from '../freshness';
import { printJson, printTable } from '../output';
import { withTables } from './open-lake';

/** `tidemark export status` */
export async function status({ json }: { json?: boolean }): Promise<void> {
  const { exportStatus } = await import('../../lake/status.js');
  await withTables('status', async ({ runtime, lake }) => {
    const rows = await exportStatus(runtime.store, lake);
    if (json) return printJson(rows);
    const lowest = rows.map(({ position }) => position).sort()[0];
    const freshness = describeFreshness(await freshnessOf(runtime.store, lowest || null));
    process.stdout.write(`Lake: ${lake.store.root}, ${freshness}\n\n`);
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
