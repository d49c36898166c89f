import type { ProjectionProgress } from '../projections/progress/progress';
import { readiness } from './readiness';
import type { Runtime } from './runtime';

const progress = { current: () => ({}) } as unknown as ProjectionProgress;

function checksWith(readStream: () => AsyncIterable<never[]>): Promise<Record<string, string>> {
  const runtime = {
    pool: { query: async () => ({}) },
    config: { eventStoreUrl: 'esdb://host' },
    // The end of the log lies behind many events of other programs.
    store: { readStream, head: () => new Promise(() => {}) },
  } as unknown as Runtime;
  return readiness(runtime, progress, () => 'ok')();
}

it('does not ask an event store of its own for the end of the log', async () => {
  const checks = await checksWith(async function* () {});
  expect(Object.values(checks).every((state) => state === 'ok')).toBe(true);
  expect(checks['event store']).toBe('ok');
});

it('says what is wrong with an event store that cannot be read', async () => {
  const checks = await checksWith(() => ({
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('The disk is gone')) }),
  }));
  expect(checks['event store']).toBe('The disk is gone');
});
