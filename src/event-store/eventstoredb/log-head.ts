import { BACKWARDS, END } from '@eventstore/db-client';
import type { RecordedEvent } from '../event';
import type { LogHead } from '../event-store';
import type { Position } from '../position';
import { ClientStream } from './client-stream';
import type { Connection } from './connection';
import { fromPosition, toPosition } from './position';
import type { ServerEvent } from './recorded-event';

/** How many events each call reads. The first reads the last event only, because that is mostly ours. */
const PAGES = [1, 64, 4_096];

/** A stretch of the server's log that was searched backwards. */
interface Searched {
  /** the server's last event at that time; the same event at the same place proves that it is the same log */
  top: { id: string; position: Position };
  /** the last event that was searched */
  downTo: Position;
  /** our last event in it; null: the log has none; undefined: the search goes on below `downTo` */
  head?: LogHead | null;
}

/**
 * Finds our last event: searches the server's log backwards, over events of the server and of other programs.
 * The server cannot skip those, so none is read twice. One search is under way at a time. Each stops where an
 * earlier one began, and continues one that failed.
 */
export class LogHeadFinder {
  private searched: Searched | undefined;
  private running: Promise<LogHead | null> | undefined;
  private next: Promise<LogHead | null> | undefined;

  constructor(
    private readonly connection: Connection,
    /** answers null for an event that is not ours */
    private readonly decode: (event: ServerEvent) => RecordedEvent | null,
    /** where our log begins; null: not known */
    private readonly begins: Position | null,
  ) {}

  /**
   * Our last event at the time of the call or later.
   * @throws StoreUnavailableError
   */
  find(): Promise<LogHead | null> {
    if (this.running === undefined) return this.start();
    // The search under way may have begun before an append that the caller knows of. The next one is short.
    this.next ??= this.running
      .catch(() => {})
      .then(() => {
        this.next = undefined;
        return this.start();
      });
    return this.next;
  }

  private start(): Promise<LogHead | null> {
    const running = this.search().finally(() => {
      if (this.running === running) this.running = undefined;
    });
    this.running = running;
    return running;
  }

  private async search(): Promise<LogHead | null> {
    const before = this.searched;
    let now: Searched | undefined;
    for (let page = 0; now?.head === undefined; page++) {
      const size = PAGES[Math.min(page, PAGES.length - 1)] as number;
      let count = 0;
      let isJoined = false;
      for await (const event of this.backwards(now?.downTo, size)) {
        count++;
        const position = toPosition(event.position);
        now ??= { top: { id: event.id, position }, downTo: position };
        if (before && position === before.top.position && event.id === before.top.id) {
          // An earlier search has covered what lies before this event.
          isJoined = true;
          now = { ...before, top: now.top };
        } else {
          now.downTo = position;
          now.head = this.headAt(event, position);
        }
        // If this search fails, the next one continues it.
        if (isJoined || !before) this.searched = now;
        if (isJoined || now.head !== undefined) break;
      }
      if (now === undefined) return null;
      if (now.head === undefined && !isJoined && count < size) now.head = null;
    }
    this.searched = now;
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
