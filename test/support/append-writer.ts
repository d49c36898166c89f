import { randomUUID } from 'node:crypto';
import { WrongExpectedRevisionError } from '../../src/event-store/errors';
import type { EventStore, NewEvent } from '../../src/event-store/event-store';

/** What one of several writers appends. */
export interface WriterTask {
  /** of every stream */
  prefix: string;
  writer: number;
  /** appends to streams of its own; one in five is followed by one to a stream that all writers share */
  appends: number;
}

const AT_ONCE = 8;
const OWN_STREAMS = 20;

export const sharedStream = (prefix: string): string => `${prefix}shared`;

export function eventsOf({ appends }: WriterTask): number {
  let events = 0;
  for (let i = 0; i < appends; i++) events += eventsOfAppend(i) + (i % 5 === 0 ? 1 : 0);
  return events;
}

const eventsOfAppend = (i: number): number => 1 + (i % 3);

/**
 * Appends in several loops at once; on the shared stream with an exact revision, again and again until it
 * wins.
 */
export async function runWriter(store: EventStore, { prefix, writer, appends }: WriterTask): Promise<void> {
  let next = 0;
  let sequence = 0;
  const event = (): NewEvent => {
    const id = randomUUID();
    return {
      id,
      type: 'Written',
      data: { writer, sequence: sequence++ },
      occurredAt: Date.UTC(2026, 0, 1),
      metadata: { schemaVersion: 1, correlationId: id, causationId: id },
    };
  };
  const loop = async () => {
    for (let i = next++; i < appends; i = next++) {
      const events = Array.from({ length: eventsOfAppend(i) }, event);
      await store.append(`${prefix}${writer}-${i % OWN_STREAMS}`, 'any', events);
      if (i % 5 === 0) await appendExactly(store, sharedStream(prefix), event());
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, loop));
}

async function appendExactly(store: EventStore, stream: string, event: NewEvent): Promise<void> {
  for (let revision: number | null = null; ; ) {
    try {
      await store.append(stream, revision ?? 'noStream', [event]);
      return;
    } catch (error) {
      if (!(error instanceof WrongExpectedRevisionError)) throw error;
      revision = error.actual;
    }
  }
}
