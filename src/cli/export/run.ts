import type { Exported } from '../../export/exporter';
import type { ExportedAgain } from '../../export/resume';
import { printJson } from '../output';
import { createProgress } from '../progress';
import { withLakeOfStore } from './open-lake';
import { whileAlone } from './while-alone';

/** `tidemark export run` */
export async function run({ json, wait = false }: { json?: boolean; wait?: boolean }): Promise<void> {
  const [{ exportStatus }, { withExporter }] = await Promise.all([
    import('../../lake/status.js'),
    import('../../runtime/with-exporter.js'),
  ]);
  await withLakeOfStore('run', async (open) => {
    const { store, config } = open.runtime;
    const [first] = await exportStatus(store, open.lake);
    const bar = createProgress({ label: 'exporting', total: first?.lagEvents, unit: 'events' });
    const startedAt = Date.now();
    let [events, rows] = [0, 0];
    const onExported = (exported: Exported) => {
      events += exported.events;
      rows += exported.rows;
      bar.update(events);
    };
    const again: ExportedAgain[] = [];
    const onExportedAgain = (table: ExportedAgain) => void again.push(table);
    const exporting = { store, lake: open.lake, config, onExported, onExportedAgain };
    await whileAlone(open, wait, () => withExporter(exporting, (exporter) => exporter.catchUp(open.signal)));
    const seconds = (Date.now() - startedAt) / 1000;
    bar.done(`exported ${count(events)} events as ${count(rows)} rows in ${seconds.toFixed(1)} s`);
    for (const table of again)
      process.stderr.write(
        `${table.dataset}: exported ${count(table.rows)} rows of ${count(table.cuts)} cuts again, ` +
          'because it had been rolled back\n',
      );
    open.signal.throwIfAborted();
    if (json) printJson({ events, rows, seconds, again, datasets: await exportStatus(store, open.lake) });
  });
}

const count = (n: number): string => n.toLocaleString('en');
