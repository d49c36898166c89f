import type { RecordedEvent } from '../../../src/event-store/event';
import { listGenerations } from '../../../src/projections/engine/generations';
import { readConfig } from '../../../src/runtime/config';
import { openRuntime, type Runtime } from '../../../src/runtime/runtime';
import { publishedHashes } from '../../oracle/support/read-models';
import type { Sandbox } from './sandbox';

async function withDatabase<T>({ dataDir }: Sandbox, work: (runtime: Runtime) => Promise<T>): Promise<T> {
  const runtime = await openRuntime(readConfig({ TIDEMARK_DATA_DIR: dataDir, LOG_LEVEL: 'silent' }), {
    applicationName: 'fault specs',
  });
  try {
    return await work(runtime);
  } finally {
    await runtime.close();
  }
}

/** Every event of the log in its order. */
export function readLog(sandbox: Sandbox): Promise<RecordedEvent[]> {
  return withDatabase(sandbox, async ({ store }) => {
    const events: RecordedEvent[] = [];
    for await (const batch of store.readAll(null)) events.push(...batch.events);
    return events;
  });
}

export interface Census {
  /** expected events that are missing in the log */
  lost: string[];
  /** events that are in the log more than once, or were not expected */
  doubled: string[];
}

/**
 * Compares the log with the events that it should have.
 * @param expected each as `<stream> <type>`, each once
 */
export function census(events: readonly RecordedEvent[], expected: ReadonlySet<string>): Census {
  const seen = new Set<string>();
  const doubled: string[] = [];
  for (const { stream, type } of events) {
    if (stream === 'store') continue;
    const name = `${stream} ${type}`;
    if (seen.has(name) || !expected.has(name)) doubled.push(name);
    seen.add(name);
  }
  return { lost: [...expected].filter((name) => !seen.has(name)), doubled };
}

/**
 * What the events say, by `<stream> <type>`: the same for logs that differ only in the order of their
 * streams.
 */
export function contents(events: readonly RecordedEvent[]): Map<string, string> {
  return new Map(
    events
      .filter(({ stream }) => stream !== 'store')
      .map(({ stream, type, occurredAt, data }) => [
        `${stream} ${type}`,
        JSON.stringify({ occurredAt, data }),
      ]),
  );
}

/** Throws where positions have a gap, or revisions within a stream. */
export function expectWholeLog(events: readonly RecordedEvent[]): void {
  const revisions = new Map<string, number>();
  for (const [index, { stream, revision, position }] of events.entries()) {
    expect(Number(position)).toBe(index + 1);
    expect(revision).toBe((revisions.get(stream) ?? -1) + 1);
    revisions.set(stream, revision);
  }
}

/** Rows and hash of every published table. */
export const readHashes = (sandbox: Sandbox): Promise<Record<string, string>> =>
  withDatabase(sandbox, ({ pool }) => publishedHashes(pool));

/** The unfinished builds: projection, generation, position. */
export const readBuilds = (sandbox: Sandbox) =>
  withDatabase(sandbox, async ({ pool }) =>
    (await listGenerations(pool))
      .filter(({ status }) => status === 'building')
      .map(({ projection, generation, position }) => ({ projection, generation, position })),
  );
