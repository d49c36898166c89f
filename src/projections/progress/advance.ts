import type { Pool } from 'pg';
import type { Position } from '../../event-store/position';
import type { EventTopic } from '../../kafka/topics';
import type { Generation } from '../engine/generations';

/** Postgres channel on which projectors announce committed progress: a JSON array of Advance. */
export const ADVANCE_CHANNEL = 'tidemark_projections';

export interface Advance {
  projection: string;
  generation: number;
  position: Position;
  /** Unix milliseconds; null before the first event */
  recordedAt: number | null;
  /** those that have moved, of a generation that Kafka feeds */
  partitions?: PartitionAdvance[];
}

/** How far one partition is, and of how many; short, because there may be many in one notification. */
export type PartitionAdvance = [topic: EventTopic, partition: number, of: number, position: Position];

const toAdvance = ({ projection, generation, position, recordedAt }: Generation): Advance => ({
  projection,
  generation,
  position,
  recordedAt: recordedAt?.getTime() ?? null,
});

/**
 * Announces committed progress. Not part of the commits themselves, because a transaction that notifies holds
 * a lock of the whole database until it is on disk. One statement is under way at a time; what comes
 * meanwhile goes with the next.
 */
export class AdvanceNotifier {
  private readonly waiting = new Map<string, Advance>();
  private sending: Promise<void> | undefined;

  constructor(private readonly pool: Pool) {}

  announce(generations: Iterable<Generation>): void {
    for (const generation of generations) this.waiting.set(generation.projection, toAdvance(generation));
    this.begin();
  }

  /** As `announce`, of a generation whose partitions move one by one: what waits of the others goes along. */
  announcePartition(generation: Generation, moved: PartitionAdvance): void {
    const next = toAdvance(generation);
    const before = this.waiting.get(next.projection);
    const same = before?.generation === next.generation ? before : undefined;
    const others = same?.partitions?.filter(
      ([topic, partition]) => topic !== moved[0] || partition !== moved[1],
    );
    const furthest = same && same.position > next.position ? same : next;
    this.waiting.set(next.projection, { ...furthest, partitions: [...(others ?? []), moved] });
    this.begin();
  }

  async flush(): Promise<void> {
    await this.sending;
  }

  private begin(): void {
    this.sending ??= this.send().finally(() => {
      this.sending = undefined;
    });
  }

  private async send(): Promise<void> {
    while (this.waiting.size > 0) {
      const payloads = toPayloads([...this.waiting.values()]);
      this.waiting.clear();
      for (const payload of payloads) {
        // A lost announcement only delays the news until the next poll.
        await this.pool.query('SELECT pg_notify($1, $2)', [ADVANCE_CHANNEL, payload]).catch(() => {});
      }
    }
  }
}

/** A notification of PostgreSQL has less than 8,000 bytes. */
const MAX_LENGTH = 7_900;
/** Of 60 characters at most each. */
const PARTITIONS_AT_ONCE = 100;

/** Advances as payloads of notifications: as few as they fit into. */
export function toPayloads(advances: readonly Advance[]): string[] {
  const payloads: string[] = [];
  let text = '';
  for (const piece of advances.flatMap(cut)) {
    const json = JSON.stringify(piece);
    if (text !== '' && text.length + json.length + 3 > MAX_LENGTH) {
      payloads.push(`[${text}]`);
      text = '';
    }
    text += text === '' ? json : `,${json}`;
  }
  if (text !== '') payloads.push(`[${text}]`);
  return payloads;
}

function cut(advance: Advance): Advance[] {
  const { partitions } = advance;
  if (partitions === undefined || partitions.length <= PARTITIONS_AT_ONCE) return [advance];
  const pieces: Advance[] = [];
  for (let at = 0; at < partitions.length; at += PARTITIONS_AT_ONCE)
    pieces.push({ ...advance, partitions: partitions.slice(at, at + PARTITIONS_AT_ONCE) });
  return pieces;
}
