import { isoDay } from '../../domain/calendar';
import type { StoreConfigured } from '../../domain/events';
import type { RecordedEvent } from '../../event-store/event';
import type { EventStore } from '../../event-store/event-store';
import type { Position } from '../../event-store/position';
import { readSettings } from '../../event-store/settings-stream';
import { BadRowError, type Dataset, type Row } from '../../export/dataset';
import {
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
  /** what was read, by the beginning of its positions: the range to read for that alone */
  stretches: ReadonlyMap<string, LogRange>;
}

const BATCH_SIZE = 5_000;

/** The rows that the lake should have, straight from the log. An event that a dataset refuses has no row in it. */
export class LogSource {
  private settings: StoreConfigured | undefined;
  private eventsRead = 0;

  /** @param onRead events that were read so far, those that were read again too, and the position of the last one */
  constructor(
    private readonly store: Pick<EventStore, 'readAll' | 'readStream'>,
    private readonly onRead: (events: number, through: Position) => void = () => {},
    private readonly signal?: AbortSignal,
  ) {}

  /**
   * Reads ranges of the log.
   * @param wanted the datasets that are counted, and the days of each; undefined: every day
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
    return { tallies: new Map(counters.map(({ dataset, tallies }) => [dataset, tallies])), stretches };
  }
}

/** Counts the rows of one dataset. */
class RowCounter {
  readonly tallies: Tallies = new Map();
  private readonly day: string | undefined;
  private readonly hasCurrency: boolean;
  private readonly summed: readonly string[];
  private readonly dayNames = new Map<number, string>();

  constructor(
    readonly dataset: Dataset,
    private readonly days: ReadonlySet<string> | undefined,
  ) {
    this.day = dayColumn(dataset);
    this.hasCurrency = hasCurrency(dataset);
    this.summed = summedColumns(dataset).map(({ name }) => name);
  }

  add(event: RecordedEvent, settings: StoreConfigured | undefined, stretch: string): void {
    for (const row of rowsOf(this.dataset, event, settings)) {
      const day = this.dayOf(row);
      if (this.days && !this.days.has(day)) continue;
      const currency = this.hasCurrency ? String(row.currency ?? '') : '';
      const tally = this.tallyOf(partKey({ day, currency, stretch }));
      tally.rows += 1;
      for (const [index, name] of this.summed.entries()) {
        const value = (row[name] ?? 0) as number | bigint;
        if (value !== 0) tally.sums[index] = (tally.sums[index] ?? 0n) + BigInt(value);
      }
    }
  }

  private tallyOf(key: string): Tally {
    const known = this.tallies.get(key);
    if (known) return known;
    const tally = { rows: 0, sums: this.summed.map(() => 0n) };
    this.tallies.set(key, tally);
    return tally;
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

function rowsOf(dataset: Dataset, event: RecordedEvent, settings: StoreConfigured | undefined): Row[] {
  try {
    return dataset.rows(event, settings);
  } catch (error) {
    if (error instanceof BadRowError) return [];
    throw error;
  }
}
