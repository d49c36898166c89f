import { setTimeout as delay } from 'node:timers/promises';
import { CliError } from '../errors';
import { createProgress } from '../progress';
import { withLake } from '../with-lake';
import { withRuntime } from '../with-runtime';

const LOOK_EVERY_MS = 500;
/**
 * Gives up after so many looks without an exporter. One that starts or tries again may be away for a moment.
 */
const LOOKS_WITHOUT_EXPORTER = 10;

/**
 * Waits until the lake has what the log has at the time of the call.
 * @throws CliError when no exporter is at work: it would wait for ever. ForeignLakeError
 */
export async function waitForLake(): Promise<void> {
  const [{ exportedThrough }, { checkOwner }, { AdvisoryLock }, { EXPORTER_LOCK }] = await Promise.all([
    import('../../lake/status.js'),
    import('../../lake/lake-identity.js'),
    import('../../postgres/advisory-lock.js'),
    import('../../runtime/exporter-role.js'),
  ]);
  await withRuntime('warehouse load', ({ config, databaseUrl, store }, signal) =>
    withLake(config, async (lake) => {
      const head = await store.head();
      if (!head) return;
      const total = await store.countAfter(null);
      const bar = createProgress({ label: 'waiting for the lake', total, unit: 'events' });
      for (let idle = 0; ; await delay(LOOK_EVERY_MS, undefined, { signal })) {
        await checkOwner(lake.store, await store.identity());
        const through = await exportedThrough(lake);
        if (through !== null && through >= head.position) break;
        bar.update(total - (await store.countAfter(through)));
        const free = await AdvisoryLock.tryAcquire(databaseUrl, EXPORTER_LOCK);
        await free?.release();
        idle = free ? idle + 1 : 0;
        if (idle === LOOKS_WITHOUT_EXPORTER)
          throw new CliError(
            'No exporter is at work, so the lake stays behind the log: `tidemark export run` takes the ' +
              'rest there.',
          );
      }
      bar.done('the lake has what the log had');
    }),
  );
}
