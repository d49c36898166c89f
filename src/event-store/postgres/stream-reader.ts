import type { Pool } from 'pg';
import { int4Array, textArray } from '../../postgres/columns';
import type { RecordedEvent } from '../event';
import type { ReadStreamOptions } from '../event-store';
import type { UpcasterRegistry } from '../upcasters';
import { decodeEvents, type EventColumns } from './event-columns';
import { toStoreError } from './store-failure';

/** Most events of one chunk of a stream, and most bytes before its last event. */
const CHUNK_EVENTS = 500;
const CHUNK_BYTES = 1024 * 1024;
/** Most streams of one statement, and most statements under way at once. */
const STREAMS_PER_QUERY = 64;
const QUERIES_AT_ONCE = 2;

const LAST_REVISION = 2_147_483_647;

interface Chunk {
  events: RecordedEvent[];
  /** true: the stream had no further events when this was read */
  isLast: boolean;
}

interface Request {
  stream: string;
  from: number;
  limit: number;
  resolve(chunk: Chunk): void;
  reject(error: Error): void;
}

type Direction = NonNullable<ReadStreamOptions['direction']>;

interface ChunkRow extends EventColumns {
  request: string;
  count: string;
  bytes: string;
}

const SQL = 'SELECT * FROM tidemark.read_streams($1::text[], $2::int4[], $3::int4[], $4::int8, $5::bool)';

/**
 * Reads streams. Every command loads its stream before it decides, so there are many small reads at once.
 * Reads of one turn of the event loop share a statement, and so do reads that come while others are under
 * way.
 */
export class StreamReader {
  private readonly queues: Record<Direction, RequestQueue>;

  constructor(
    private readonly pool: Pool,
    private readonly upcasters: UpcasterRegistry,
  ) {
    this.queues = {
      forwards: new RequestQueue((requests) => this.query('forwards', requests)),
      backwards: new RequestQueue((requests) => this.query('backwards', requests)),
    };
  }

  async *read(stream: string, options: ReadStreamOptions = {}): AsyncGenerator<RecordedEvent[]> {
    const { direction = 'forwards', limit = Number.POSITIVE_INFINITY } = options;
    const step = direction === 'forwards' ? 1 : -1;
    let from = options.from ?? (direction === 'forwards' ? 0 : LAST_REVISION);
    for (let left = limit; left > 0 && from >= 0; ) {
      const chunk = await this.queues[direction].load(stream, from, Math.min(left, CHUNK_EVENTS));
      const last = chunk.events.at(-1);
      if (last === undefined) return;
      yield chunk.events;
      if (chunk.isLast) return;
      left -= chunk.events.length;
      from = last.revision + step;
    }
  }

  private async query(direction: Direction, requests: readonly Request[]): Promise<void> {
    try {
      const { rows } = await this.pool.query<ChunkRow>({
        name: 'tidemark.read_streams',
        text: SQL,
        values: [
          textArray(requests.map(({ stream }) => stream)),
          int4Array(requests.map(({ from }) => from)),
          int4Array(requests.map(({ limit }) => limit)),
          CHUNK_BYTES,
          direction === 'backwards',
        ],
      });
      for (const row of rows) {
        const request = requests[Number(row.request) - 1];
        if (request) this.settle(request, row);
      }
      // Requests without a row have no events. Resolving the others again has no effect.
      for (const { resolve } of requests) resolve({ events: [], isLast: true });
    } catch (error) {
      for (const { reject } of requests) reject(toStoreError(error));
    }
  }

  /** An event that cannot be upcast fails its own request only. */
  private settle({ limit, resolve, reject }: Request, row: ChunkRow): void {
    try {
      const isLast = Number(row.count) < limit && Number(row.bytes) < CHUNK_BYTES;
      resolve({ events: decodeEvents(row, this.upcasters), isLast });
    } catch (error) {
      reject(toStoreError(error));
    }
  }
}

class RequestQueue {
  private waiting: Request[] = [];
  private underWay = 0;
  private scheduled = false;

  constructor(private readonly query: (requests: readonly Request[]) => Promise<void>) {}

  load(stream: string, from: number, limit: number): Promise<Chunk> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ stream, from, limit, resolve, reject });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.scheduled || this.underWay >= QUERIES_AT_ONCE || this.waiting.length === 0) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.underWay++;
      void this.query(this.waiting.splice(0, STREAMS_PER_QUERY)).finally(() => {
        this.underWay--;
        this.schedule();
      });
      this.schedule();
    });
  }
}
