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

interface Top {
  id: string;
  position: Position;
}

/**
 * Finds our last event by looking backwards over those of the server and of other programs. What it has looked at once it need
 * not look at again, so that a server's own events do not make it slower and slower on a quiet log.
 */
export class LogHeadFinder {
  /** the server's last event when it was looked at last, and our last one then */
  #known: { top: Top; head: LogHead | null } | undefined;

  constructor(
    private readonly connection: Connection,
    /** null: none of ours */
    private readonly decode: (event: ServerEvent) => RecordedEvent | null,
  ) {}

  /** @throws StoreUnavailableError */
  async find(): Promise<LogHead | null> {
    const known = this.#known;
    let top: Top | undefined;
    let head: LogHead | null | undefined;
    let from: Position | undefined;
    for (let page = 0; head === undefined; page++) {
      const size = PAGES[Math.min(page, PAGES.length - 1)] as number;
      const events = await this.#readBackwards(from, size);
      for (const event of events) {
        const seen = toTop(event);
        top ??= seen;
        from = seen.position;
        // The same event at the same place: the same log, and nothing of ours behind that is not known.
        if (known && seen.position === known.top.position && seen.id === known.top.id) head = known.head;
        const ours: RecordedEvent | null = head === undefined ? this.decode(event) : null;
        if (ours !== null) head = ours;
        if (head !== undefined) break;
      }
      if (head === undefined && events.length < size) head = null;
    }
    const found = head && { position: head.position, recordedAt: head.recordedAt };
    this.#known = top && { top, head: found };
    return found;
  }

  async #readBackwards(before: Position | undefined, maxCount: number): Promise<ServerEvent[]> {
    const { client, callTimeoutMs } = this.connection;
    const fromPositionOption = before === undefined ? END : fromPosition(before);
    const stream = new ClientStream(
      client.readAll({ direction: BACKWARDS, fromPosition: fromPositionOption, maxCount }),
    );
    try {
      const events: ServerEvent[] = [];
      for (;;) {
        const resolved = await stream.next(callTimeoutMs);
        if (resolved === null) return events;
        if (resolved.event) events.push(resolved.event);
      }
    } finally {
      stream.stop();
    }
  }
}

function toTop({ id, position }: ServerEvent): Top {
  return { id, position: toPosition(position) };
}
