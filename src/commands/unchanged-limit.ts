import { saysNothingChanged } from '../domain/event-roles';
import type { DomainEvent } from '../domain/events';
import type { TooManyUnchanged } from '../domain/failures';
import type { RecordedEvent } from '../event-store/event';

/**
 * The most commands without a change that one stream takes within a day: each is an event, for its key.
 */
export const UNCHANGED_A_DAY = 32;
/**
 * The most such commands with no change between them, so that a stream never grows much longer than its
 * changes.
 */
export const UNCHANGED_IN_A_ROW = 256;

const DAY_MS = 24 * 60 * 60_000;

/**
 * Counts the commands of a stream that changed nothing. It counts events, so every process counts the same.
 */
export class UnchangedCount {
  /** when the last UNCHANGED_A_DAY of them were recorded, oldest first; Unix milliseconds */
  private readonly lately: number[] = [];
  private inARow = 0;

  /** Counts the next event of the stream. */
  note({ type, recordedAt }: RecordedEvent): void {
    if (!saysNothingChanged(type)) {
      this.inARow = 0;
      return;
    }
    this.inARow += 1;
    this.lately.push(recordedAt);
    if (this.lately.length > UNCHANGED_A_DAY) this.lately.shift();
  }

  /**
   * Why a decision is refused: it changes nothing, and the stream has taken as many such as it takes.
   * @param now Unix milliseconds
   */
  refusal(stream: string, decision: readonly DomainEvent[], now: number): TooManyUnchanged | undefined {
    if (!decision.every(({ type }) => saysNothingChanged(type))) return undefined;
    if (this.inARow >= UNCHANGED_IN_A_ROW) {
      return tooMany(
        UNCHANGED_IN_A_ROW,
        null,
        `the last ${UNCHANGED_IN_A_ROW} commands on ${stream} changed nothing`,
      );
    }
    const [oldest] = this.lately;
    const retryAt = (oldest ?? 0) + DAY_MS;
    if (this.lately.length < UNCHANGED_A_DAY || now >= retryAt) return undefined;
    return tooMany(
      UNCHANGED_A_DAY,
      retryAt,
      `${UNCHANGED_A_DAY} commands on ${stream} changed nothing within a day`,
    );
  }
}

function tooMany(limit: number, retryAt: number | null, why: string): TooManyUnchanged {
  const next = retryAt === null ? 'when something has changed' : `at ${new Date(retryAt).toISOString()}`;
  const message = `It is so already, and ${why}. The next such command is taken ${next}`;
  return { code: 'TOO_MANY_UNCHANGED', message, path: [], limit, retryAt };
}
