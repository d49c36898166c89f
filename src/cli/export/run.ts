import type { Exported } from '../../export/exporter/exporter';
import { printJson } from '../output';
import { createProgress } from '../progress';
import { withLake } from './open-lake';
import { whileAlone } from './while-alone';

/** `tidemark export run` */
export async function run({ json }: { json?: boolean }): Promise<void> {
  const [{ exportStatus }, { withExporter }] = await Promise.all([
    import('../../export/exporter/status.js'),
    import('../../runtime/with-exporter.js'),
  ]);
  await withLake('run', async (open) => {
    const { store, config } = open.runtime;
    const { dataDir, lake: tidy } = config;
    const [first] = await exportStatus(store, open.lake);
    const bar = createProgress({ label: 'exporting', total: first?.lagEvents, unit: 'events' });
    const startedAt = Date.now();
    let [events, rows] = [0, 0];
    const onExported = (exported: Exported) => {
      events += exported.events;
      rows += exported.rows;
      bar.update(events);
    };
    await whileAlone(open, () =>
      withExporter({ store, lake: open.lake, dataDir, tidy, onExported }, (exporter) =>
        exporter.catchUp(open.signal),
      ),
    );
    const seconds = (Date.now() - startedAt) / 1000;
    bar.done(
      `exported ${events.toLocaleString('en')} events as ${rows.toLocaleString('en')} rows in ${seconds.toFixed(1)} s`,
    );
    open.signal.throwIfAborted();
    if (json) printJson({ events, rows, seconds, datasets: await exportStatus(store, open.lake) });
  });
}
