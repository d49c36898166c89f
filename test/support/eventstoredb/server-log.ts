import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { AllEvents } from './all-events';

/** A revision, or one of EventStoreDB's constants. */
export type Expected = bigint | 'any' | 'no_stream' | 'stream_exists';

export interface Proposed {
  id: string;
  type: string;
  contentType: string;
  data: Buffer;
  metadata: Buffer;
}

export interface Stored extends Proposed {
  stream: string;
  revision: number;
  /** commit and prepare position */
  position: bigint;
  /** 100 ns since 1970, decimal */
  created: string;
}

export type Outcome =
  | { kind: 'written' | 'idempotent'; last: Stored }
  /** current: revision, -1 where there is no stream */
  | { kind: 'wrong'; current: number }
  | { kind: 'deleted' };

interface Stream {
  events: Stored[];
  /** first revision that can be read; -1: all */
  truncatedBefore: number;
  /** soft-deleted and not written since */
  deleted: boolean;
  tombstoned: boolean;
  /** begun anew: until then readers do not find it. performance.now() */
  hiddenUntil: number;
}

type Line =
  | { kind: 'event'; stream: string; event: Omit<Stored, 'data' | 'metadata' | 'position'> & Encoded }
  | { kind: 'delete' | 'tombstone'; stream: string }
  | { kind: 'strangers'; count: number };

interface Encoded {
  data: string;
  metadata: string;
  position: string;
}

/** Bytes of a record beside its contents, and what stands before the first. */
const RECORD_BYTES = 141n;
const FIRST_POSITION = 1_337n;
const STRANGER_BYTES = 265n;

/**
 * The log of the double: what EventStoreDB's index writer decides about an append (CheckCommit), positions
 * that are offsets and not numbers, and in $all events of the server's own and of a stranger between. Kept in
 * a file, it outlives the process; the memory of recent ids, which `any` goes by, does not.
 */
export class ServerLog {
  readonly all = new AllEvents();
  /** How long a stream that was deleted and begun anew is not found yet, as on a disk. Milliseconds. */
  undeleteMs = 0;
  /** emits 'grown' after every write */
  readonly growth = new EventEmitter().setMaxListeners(0);
  private readonly streams = new Map<string, Stream>();
  private readonly recent = new Map<string, Stored>();
  private end = FIRST_POSITION;
  private appends = 0;

  constructor(private readonly file: string) {
    if (existsSync(file)) this.restore();
    else this.write('$settings', [ownEvent('$settings')]);
  }

  append(name: string, expected: Expected, events: readonly Proposed[]): Outcome {
    const stream = this.streams.get(name);
    if (stream?.tombstoned) return { kind: 'deleted' };
    const head = (stream?.events.length ?? 0) - 1;
    if (expected === 'any' || expected === 'stream_exists') {
      if (expected === 'stream_exists' && head < 0) return { kind: 'wrong', current: -1 };
      if (expected === 'stream_exists' && stream?.deleted) return { kind: 'deleted' };
      return this.checkRecent(name, head, events) ?? this.commit(name, events);
    }
    const after = expected === 'no_stream' ? -1 : Number(expected);
    if (after === head) return this.commit(name, events);
    if (after > head) return { kind: 'wrong', current: head };
    const present = events.map((_, i) => stream?.events[after + 1 + i]);
    if (present.every((stored, i) => stored?.id === events[i]?.id))
      return { kind: 'idempotent', last: present.at(-1) as Stored };
    // The first event of a stream that was deleted since begins it anew.
    if (expected === 'no_stream' && stream?.deleted) return this.commit(name, events);
    return { kind: 'wrong', current: head };
  }

  /**
   * Soft: what is there cannot be read any more, and the stream goes on behind it. For ever: nothing more is
   * taken.
   */
  delete(name: string, expected: Expected, forEver: boolean): Outcome {
    const stream = this.streams.get(name);
    if (stream?.tombstoned) return { kind: 'deleted' };
    const head = (stream?.events.length ?? 0) - 1;
    const isExpected =
      expected === 'any' ||
      (expected === 'no_stream' ? head < 0 : expected === 'stream_exists' || head === Number(expected));
    if (!isExpected || (head < 0 && !forEver)) return { kind: 'wrong', current: head };
    this.keep({ kind: forEver ? 'tombstone' : 'delete', stream: name });
    this.forget(name, forEver);
    const type = forEver ? '$streamDeleted' : '$metadata';
    const [last] = this.write(`$$${name}`, [ownEvent(type)]) as [Stored];
    return { kind: 'written', last };
  }

  /** What can be read of a stream; null where there is none. */
  read(name: string): Stored[] | 'deleted' | null {
    const stream = this.streams.get(name);
    if (stream?.tombstoned) return 'deleted';
    if (stream && performance.now() < stream.hiddenUntil) return null;
    const visible = stream?.events.slice(Math.max(stream.truncatedBefore, 0)) ?? [];
    return visible.length > 0 ? visible : null;
  }

  /** Index in `all` of the first event at or after a position. */
  indexOf(position: bigint): number {
    let [low, high] = [0, this.all.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.all.at(middle) as Stored).position < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** An offset within the log at which no record begins. One beyond its end is not found out. */
  isInvalid(position: bigint): boolean {
    const at = this.all.at(this.indexOf(position));
    return at !== undefined && at.position !== position;
  }

  /** Events of another program, in one stream. */
  addStrangers(count: number): void {
    this.keep({ kind: 'strangers', count });
    this.takeStrangers(count);
    this.growth.emit('grown');
  }

  private checkRecent(name: string, head: number, events: readonly Proposed[]): Outcome | null {
    const known = events.map(({ id }) => this.recent.get(`${name} ${id}`));
    if (known[0] === undefined) return null;
    const last = known.at(-1);
    if (known.includes(undefined) || last === undefined) return { kind: 'wrong', current: head };
    return { kind: 'idempotent', last };
  }

  private commit(name: string, events: readonly Proposed[]): Outcome {
    this.interleave();
    const written = this.write(name, events);
    for (const event of written) this.recent.set(`${name} ${event.id}`, event);
    return { kind: 'written', last: written.at(-1) as Stored };
  }

  /** $all is never one program's alone. */
  private interleave(): void {
    this.appends++;
    if (this.appends % 5 === 0) this.write('$stats-127.0.0.1:2113', [ownEvent('$statsCollected')]);
    if (this.appends % 7 === 0)
      this.write('stranger-1', [{ ...ownEvent('SomethingElse'), contentType: 'application/octet-stream' }]);
  }

  private write(name: string, events: readonly Proposed[]): Stored[] {
    const written = events.map((event) => {
      const stored: Stored = {
        ...event,
        stream: name,
        revision: this.streams.get(name)?.events.length ?? 0,
        position: this.end,
        created: `${Date.now()}${String(this.all.length % 10_000).padStart(4, '0')}`,
      };
      const { data, metadata, position, ...rest } = stored;
      this.keep({
        kind: 'event',
        stream: name,
        event: {
          ...rest,
          data: data.toString('base64'),
          metadata: metadata.toString('base64'),
          position: String(position),
        },
      });
      this.take(stored);
      return stored;
    });
    this.growth.emit('grown');
    return written;
  }

  private take(stored: Stored): void {
    const stream = this.streamOf(stored.stream);
    if (stream.deleted) {
      stream.truncatedBefore = stored.revision;
      stream.hiddenUntil = performance.now() + this.undeleteMs;
    }
    stream.deleted = false;
    stream.events.push(stored);
    this.all.push(stored);
    const { data, metadata, type } = stored;
    this.end += RECORD_BYTES + BigInt(data.length + metadata.length + type.length + stored.stream.length);
  }

  private takeStrangers(count: number): void {
    this.all.pushStrangers({ count, position: this.end, bytes: STRANGER_BYTES });
    this.end += BigInt(count) * STRANGER_BYTES;
  }

  private forget(name: string, forEver: boolean): void {
    const stream = this.streamOf(name);
    stream.deleted = true;
    stream.tombstoned = forEver;
    stream.truncatedBefore = stream.events.length;
  }

  private streamOf(name: string): Stream {
    const present = this.streams.get(name);
    if (present) return present;
    const made: Stream = {
      events: [],
      truncatedBefore: -1,
      deleted: false,
      tombstoned: false,
      hiddenUntil: 0,
    };
    this.streams.set(name, made);
    return made;
  }

  private keep(line: Line): void {
    appendFileSync(this.file, `${JSON.stringify(line)}\n`);
  }

  private restore(): void {
    for (const text of readFileSync(this.file, 'utf8').split('\n')) {
      if (text === '') continue;
      const line = JSON.parse(text) as Line;
      if (line.kind === 'strangers') {
        this.takeStrangers(line.count);
        continue;
      }
      if (line.kind !== 'event') {
        this.forget(line.stream, line.kind === 'tombstone');
        continue;
      }
      const { event } = line;
      this.take({
        ...event,
        position: BigInt(event.position),
        data: Buffer.from(event.data, 'base64'),
        metadata: Buffer.from(event.metadata, 'base64'),
      });
    }
  }
}

function ownEvent(type: string): Proposed {
  const data = Buffer.from('{"of":"the server"}');
  return { id: randomUUID(), type, contentType: 'application/json', data, metadata: Buffer.alloc(0) };
}
