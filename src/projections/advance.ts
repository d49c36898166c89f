import type { Pool } from 'pg';
import type { Position } from '../event-store/position';
import type { Generation } from './generations';

/** Postgres channel on which projectors announce committed progress: a JSON array of Advance. */
export const ADVANCE_CHANNEL = 'tidemark_projections';

export interface Advance {
  projection: string;
  generation: number;
  position: Position;
  /** Unix milliseconds; null before the first event */
  recordedAt: number | null;
}

const toAdvance = ({ projection, generation, position, recordedAt }: Generation): Advance => ({
  projection,
  generation,
  position,
  recordedAt: recordedAt?.getTime() ?? null,
});

/**
 * Announces committed progress. Not part of the commits themselves, because a transaction that notifies holds a lock of the
 * whole database until it is on disk. One statement is under way at a time; what comes meanwhile goes with the next.
 */
export class AdvanceNotifier {
  private readonly waiting = new Map<string, Advance>();
  private sending: Promise<void> | undefined;

  constructor(private readonly pool: Pool) {}

  announce(generations: Iterable<Generation>): void {
    for (const generation of generations) this.waiting.set(generation.projection, toAdvance(generation));
    this.sending ??= this.send().finally(() => {
      this.sending = undefined;
    });
  }

  async flush(): Promise<void> {
    await this.sending;
  }

  private async send(): Promise<void> {
    while (this.waiting.size > 0) {
      const advances = [...this.waiting.values()];
      this.waiting.clear();
      // A lost announcement only delays the news until the next poll.
      await this.pool
        .query('SELECT pg_notify($1, $2)', [ADVANCE_CHANNEL, JSON.stringify(advances)])
        .catch(() => {});
    }
  }
}
