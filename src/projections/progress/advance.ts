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

/**
 * A partition, how many its topic has, and its position. An array rather than an object, because one
 * notification has little room and may name many.
 */
export type PartitionAdvance = [topic: EventTopic, partition: number, of: number, position: Position];

const toAdvance = ({ projection, generation, position, recordedAt }: Generation): Advance => ({
  projection,
  generation,
  position,
  recordedAt: recordedAt?.getTime() ?? null,
});

/**
 * Announces committed progress. That is not part of the commits themselves, because a transaction that
 * notifies holds a lock of the whole database until it is on disk. One statement is under way at a time; what
 * is announced meanwhile goes with the next.
 */
export class AdvanceNotifier {
  private readonly waiting = new Map<string, Advance>();
  private sending: Promise<void> | undefined;

  constructor(private readonly pool: Pool) {}

  announce(generations: Iterable<Generation>): void {
    for (const generation of generations) this.waiting.set(generation.projection, toAdvance(generation));
    this.begin();
  }

  /** Announces one partition of a generation, together with others of it that are not sent yet. */
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

  /** Resolves when everything that was announced is sent. */
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

/** PostgreSQL refuses notifications of 8,000 bytes. */
const MAX_BYTES = 7_900;
/** Each has 60 characters at most. */
const PARTITIONS_AT_ONCE = 100;

/** Packs advances into as few payloads of notifications as will hold them. */
export function toPayloads(advances: readonly Advance[]): string[] {
  const payloads: string[] = [];
  let text = '';
  for (const piece of advances.flatMap(split)) {
    const json = JSON.stringify(piece);
    if (text !== '' && text.length + json.length + 3 > MAX_BYTES) {
      payloads.push(`[${text}]`);
      text = '';
    }
    text += text === '' ? json : `,${json}`;
  }
  if (text !== '') payloads.push(`[${text}]`);
  return payloads;
}

/** Splits an advance of so many partitions that one payload could not hold it. */
function split(advance: Advance): Advance[] {
  const { partitions } = advance;
  if (partitions === undefined || partitions.length <= PARTITIONS_AT_ONCE) return [advance];
  const pieces: Advance[] = [];
  for (let at = 0; at < partitions.length; at += PARTITIONS_AT_ONCE)
    pieces.push({ ...advance, partitions: partitions.slice(at, at + PARTITIONS_AT_ONCE) });
  return pieces;
}

/**
 * Reads the payload of a notification. Whoever may connect may notify on the channel, so a payload that is
 * none of ours gives no advances, and must not end the process.
 */
export function parseAdvances(payload: string): Advance[] {
  try {
    const advances: unknown = JSON.parse(payload);
    return Array.isArray(advances)
      ? advances.filter((advance) => typeof advance?.projection === 'string')
      : [];
  } catch {
    return [];
  }
}
