import { isoDay } from '../../domain/calendar';
import type { StoreConfigured } from '../../domain/events';
import type { RecordedEvent } from '../../event-store/event';
import type { EventStore } from '../../event-store/event-store';
import type { Position } from '../../event-store/position';
import { readSettings } from '../../event-store/settings-stream';
import type { Row } from '../../lake/columns/table-definition';
import type { Dataset } from '../../lake/datasets/dataset';
import { type Refused, RefusedEvents } from './refused-events';
import { rowDigest } from './row-digest';
import { rowsOfEvent } from './rows/rows-of-event';
import {
  addTally,
  dayColumn,
  hasCurrency,
  type LogRange,
  partKey,
  summedColumns,
  type Tallies,
  type Tally,
} from './tally';

export interface LogTallies {
  tallies: ReadonlyMap<Dataset, Tallies>;
  /** the range of positions that was read, by their leading digits: to read one stretch again */
  stretches: ReadonlyMap<string, LogRange>;
  /** events that a dataset refuses, though they belong to it; datasets without any are left out */
  refused: Refused[];
}

const BATCH_SIZE = 5_000;

/**
 * Makes the rows that the lake should have, straight from the log. An event that a dataset refuses makes no
 * row, and is counted.
 */
export class LogSource {
  private settings: StoreConfigured | undefined;
  private eventsRead = 0;

  /**
   * @param onRead called with the number of events read so far (an event read twice counts twice) and the
   *   last position
   */
  constructor(
    private readonly store: Pick<EventStore, 'readAll' | 'readStream'>,
    private readonly onRead: (events: number, through: Position) => void = () => {},
    private readonly signal?: AbortSignal,
  ) {}

  /**
   * Reads ranges of the log.
   * @param wanted the datasets to count, and the days of each; undefined: every day
   * @param stretchLength see `Selection`
   */
  async tally(
    ranges: readonly LogRange[],
    wanted: ReadonlyMap<Dataset, ReadonlySet<string> | undefined>,
    stretchLength: number,
  ): Promise<LogTallies> {
    const counters = [...wanted].map(([dataset, days]) => new RowCounter(dataset, days));
    const stretches = new Map<string, LogRange>();
    if (ranges.some(({ after }) => after !== null)) this.settings ??= (await readSettings(this.store))?.data;
    for (const { after, through: until } of ranges) {
      const batches = this.store.readAll(after, { until, batchSize: BATCH_SIZE, signal: this.signal });
      let last = after;
      for await (const { events, through } of batches) {
        for (const event of events) {
          if (event.type === 'StoreConfigured') this.settings = event.data;
          const { position } = event;
          const stretch = position.slice(0, stretchLength);
          const known = stretches.get(stretch);
          if (known) known.through = position;
          else stretches.set(stretch, { after: last, through: position });
          last = position;
          for (const counter of counters) counter.add(event, this.settings, stretch);
        }
        this.eventsRead += events.length;
        this.onRead(this.eventsRead, through);
      }
    }
    return {
      tallies: new Map(counters.map(({ dataset, tallies }) => [dataset, tallies])),
      stretches,
      refused: counters.flatMap(({ refused }) => refused.summary ?? []),
    };
  }
}

/** Counts the rows of one dataset. */
class RowCounter {
  readonly tallies: Tallies = new Map();
  readonly refused: RefusedEvents;
  private readonly day: string | undefined;
  private readonly hasCurrency: boolean;
  private readonly summed: readonly string[];
  private readonly digest: (row: Row) => bigint;
  private readonly dayNames = new Map<number, string>();

  constructor(
    readonly dataset: Dataset,
    private readonly days: ReadonlySet<string> | undefined,
  ) {
    this.refused = new RefusedEvents(dataset);
    this.day = dayColumn(dataset);
    this.hasCurrency = hasCurrency(dataset);
    this.summed = summedColumns(dataset).map(({ name }) => name);
    this.digest = rowDigest(dataset);
  }

  /**
   * Counts all rows of an event, or none of them. A dataset that refuses it does not keep the others from
   * counting.
   */
  add(event: RecordedEvent, settings: StoreConfigured | undefined, stretch: string): void {
    const { dataset } = this;
    if (dataset.eventTypes && !dataset.eventTypes.includes(event.type)) return;
    try {
      const counted = rowsOfEvent(dataset, event, settings).flatMap((row) => this.tallyOf(row, stretch));
      for (const { key, tally } of counted) addTally(this.tallies, key, tally);
    } catch (error) {
      this.refused.add(event, error);
    }
  }

  /** @returns nothing for a day that is not wanted */
  private tallyOf(row: Row, stretch: string): { key: string; tally: Tally }[] {
    const day = this.dayOf(row);
    if (this.days && !this.days.has(day)) return [];
    const currency = this.hasCurrency ? String(row.currency ?? '') : '';
    const sums = this.summed.map((name) => BigInt((row[name] ?? 0) as number | bigint));
    const tally = { rows: 1, sums, digest: this.digest(row) };
    return [{ key: partKey({ day, currency, stretch }), tally }];
  }

  private dayOf(row: Row): string {
    if (this.day === undefined) return '';
    const day = Number(row[this.day]);
    const known = this.dayNames.get(day);
    if (known !== undefined) return known;
    const name = isoDay(day);
    this.dayNames.set(day, name);
    return name;
  }
}
