import type { LoadResult } from '../../warehouse/load/load-options';
import { describeFreshness, freshnessAtHand } from '../freshness';
import { printJson, printTable } from '../output';
import { createProgress } from '../progress';
import { interruptible } from '../with-runtime';
import {
  checkTargetName,
  configured,
  openTarget,
  type WarehouseCommandOptions,
  withLakeFiles,
} from './open-target';
import { waitForLake } from './wait-for-lake';

/** `tidemark warehouse load` */
export async function load({
  target: name,
  wait = false,
  json,
}: WarehouseCommandOptions & { wait?: boolean }): Promise<void> {
  checkTargetName(name);
  const config = await configured();
  if (wait) await waitForLake();
  await interruptible((signal) =>
    withLakeFiles(config, async (files, lake) => {
      const target = await openTarget(config, name, lake.store.root);
      const bar = createProgress({ label: 'loading', unit: 'files' });
      const startedAt = Date.now();
      const result = await target.load(files, {
        holidays: config.holidays,
        signal,
        onProgress: ({ step, name: what, filesRead, filesTotal }) =>
          bar.update(filesRead, `${step} ${what}`, filesTotal),
      });
      const seconds = (Date.now() - startedAt) / 1000;
      bar.done(summaryOf(result, seconds));
      const freshness = await freshnessAtHand(config, result.through);
      process.stderr.write(`${describeFreshness(freshness)}\n`);
      if (json) printJson({ ...result, seconds, freshness: freshness ?? null });
      else printTable(Object.entries(result.written).map(([table, rows]) => ({ table, rows })));
    }),
  );
}

const summaryOf = ({ files, rows }: LoadResult, seconds: number): string =>
  files === 0
    ? 'nothing new in the lake'
    : `loaded ${files.toLocaleString('en')} files with ${rows.toLocaleString('en')} rows in ` +
      `${seconds.toFixed(1)} s`;
