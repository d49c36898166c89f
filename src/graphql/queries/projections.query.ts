import type { EventStore } from '../../event-store/event-store';
import type { Position } from '../../event-store/position';
import type { ProjectionStatus } from '../types/enums';
import type { Lag } from '../types/live-metrics.type';
import type { ProjectionProgressType } from '../types/projection-progress.type';
import { type Reader, readRows } from './snapshot';

/** A projection that is this far behind is on its way like any other; beyond, it is catching up. */
const LIVE_WITHIN_SECONDS = 1;

/** How many events stand behind a position, and how long the first of them has been there. */
export async function readLag(store: EventStore, position: Position): Promise<Lag> {
  const after = position || null;
  const events = await store.countAfter(after);
  if (events === 0) return { events, seconds: 0 };
  for await (const batch of store.readAll(after, { batchSize: 1 })) {
    const since = batch.events[0]?.recordedAt ?? batch.throughRecordedAt;
    return { events, seconds: Math.max(0, Date.now() - since) / 1000 };
  }
  return { events: 0, seconds: 0 };
}

/** Every published read model, by name. */
export async function readProjections(reader: Reader, store: EventStore): Promise<ProjectionProgressType[]> {
  const rows = await readRows<{
    projection: string;
    generation: number;
    position: string;
    dead_letters: string;
    skipped_events: string;
  }>(
    reader,
    `SELECT projection, generation, position, dead_letters, skipped_events
       FROM read.projections ORDER BY projection COLLATE "C"`,
    [],
  );
  // Most stand at the same position: the log is asked once for each position.
  const lags = new Map<Position, Promise<Lag>>();
  for (const { position } of rows) if (!lags.has(position)) lags.set(position, readLag(store, position));
  return Promise.all(
    rows.map(async ({ projection, generation, position, dead_letters, skipped_events }) => {
      const lag = (await lags.get(position)) ?? { events: 0, seconds: 0 };
      return {
        name: projection,
        generation,
        position,
        lagEvents: lag.events,
        lagSeconds: lag.seconds,
        deadLetters: Number(dead_letters),
        skippedEvents: Number(skipped_events),
        status: statusOf(lag, Number(dead_letters)),
      };
    }),
  );
}

function statusOf(lag: Lag, deadLetters: number): ProjectionStatus {
  if (deadLetters > 0) return 'DEGRADED';
  return lag.events > 0 && lag.seconds > LIVE_WITHIN_SECONDS ? 'CATCHING_UP' : 'LIVE';
}
