import { BACKWARDS, END } from '@eventstore/db-client';
import type { RecordedEvent } from '../event';
import type { LogHead } from '../event-store';
import type { Position } from '../position';
import { ClientStream } from './client-stream';
import type { Connection } from './connection';
import { fromPosition, toPosition } from './position';
import type { ServerEvent } from './recorded-event';

/** Events that are looked at by one call; the first has only the last one, which mostly is ours. */
const PAGES = [1, 64, 4_096];

/** A stretch of the server's log that was looked at, backwards. */
interface Looked {
  /** the server's last event then: the same event at the same place is the same log */
  top: { id: string; position: Position };
  /** the last one that was looked at */
  downTo: Position;
  /**
   * our last event in it, null where there is none above it nor below; undefined while it is still looked for
   */
  head?: LogHead | null;
}

/**
 * Finds our last event by looking backwards over those of the server and of other programs, which nothing on
 * the server spares us. So nothing is looked at twice: one look is under way at a time, each stops where a
 * former one began, and one that failed is gone on with.
 */
export class LogHeadFinder {
  private looked: Looked | undefined;
  private running: Promise<LogHead | null> | undefined;
  private next: Promise<LogHead | null> | undefined;

  constructor(
    private readonly connection: Connection,
    /** null: none of ours */
    private readonly decode: (event: ServerEvent) => RecordedEvent | null,
    /** nothing of ours stands before it; null: that is not known */
    private readonly begins: Position | null,
  ) {}

  /**
   * Our last event at the time of the call or later.
   * @throws StoreUnavailableError
   */
  find(): Promise<LogHead | null> {
    if (this.running === undefined) return this.start();
    // The look under way may have begun before what the caller knows of. The next one is short.
    this.next ??= this.running
      .catch(() => {})
      .then(() => {
        this.next = undefined;
        return this.start();
      });
    return this.next;
  }

  private start(): Promise<LogHead | null> {
    const running = this.look().finally(() => {
      if (this.running === running) this.running = undefined;
    });
    this.running = running;
    return running;
  }

  private async look(): Promise<LogHead | null> {
    const before = this.looked;
    let now: Looked | undefined;
    for (let page = 0; now?.head === undefined; page++) {
      const size = PAGES[Math.min(page, PAGES.length - 1)] as number;
      let count = 0;
      let isJoined = false;
      for await (const event of this.backwards(now?.downTo, size)) {
        count++;
        const position = toPosition(event.position);
        now ??= { top: { id: event.id, position }, downTo: position };
        if (before && position === before.top.position && event.id === before.top.id) {
          // What comes now was looked at before.
          isJoined = true;
          now = { ...before, top: now.top };
        } else {
          now.downTo = position;
          now.head = this.headAt(event, position);
        }
        // If this look fails, the next one goes on with it.
        if (isJoined || !before) this.looked = now;
        if (isJoined || now.head !== undefined) break;
      }
      if (now === undefined) return null;
      if (now.head === undefined && !isJoined && count < size) now.head = null;
    }
    this.looked = now;
    return now.head;
  }

  private headAt(event: ServerEvent, position: Position): LogHead | null | undefined {
    const ours = this.decode(event);
    if (ours !== null) return { position: ours.position, recordedAt: ours.recordedAt };
    return this.begins !== null && position <= this.begins ? null : undefined;
  }

  private async *backwards(before: Position | undefined, maxCount: number): AsyncGenerator<ServerEvent> {
    const { client, callTimeoutMs } = this.connection;
    const position = before === undefined ? END : fromPosition(before);
    const stream = new ClientStream(
      client.readAll({ direction: BACKWARDS, fromPosition: position, maxCount }),
    );
    try {
      for (;;) {
        const resolved = await stream.next(callTimeoutMs);
        if (resolved === null) return;
        if (resolved.event) yield resolved.event;
      }
    } finally {
      stream.stop();
    }
  }
}
