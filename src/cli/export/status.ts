import { printJson, printTable } from '../output';
import { withLake } from './open-lake';

/** `tidemark export status` */
export async function status({ json }: { json?: boolean }): Promise<void> {
  const { exportStatus } = await import('../../export/exporter/status.js');
  await withLake('status', async ({ runtime, lake, isFresh }) => {
    const rows = await exportStatus(runtime.store, lake);
    if (json) return printJson(rows);
    process.stdout.write(`Lake: ${lake.store.root}${isFresh ? ', nothing exported yet' : ''}\n\n`);
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
