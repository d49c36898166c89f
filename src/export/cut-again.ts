import type { StoreConfigured } from '../domain/events';
import type { RecordedEvent } from '../event-store/event';
import type { EventStore } from '../event-store/event-store';
import { columnsOf } from '../event-store/log-columns';
import type { Cut, RedriveCut, Refusal } from '../lake/cuts/cut';
import { badRows } from '../lake/datasets/bad-rows.dataset';
import { eventDatasets } from '../lake/datasets/catalogue';
import type { Dataset } from '../lake/datasets/dataset';
import { LakeError } from '../lake/errors/lake-error';
import type { BadRow } from './window/bad-rows';
import type { LogWindow } from './window/log-window';

/** Tells whether a dataset may have rows of a cut. */
export function concerns(cut: Cut, dataset: Dataset): boolean {
  if (dataset === badRows) return cut.kind === 'redrive' || cut.refused.length > 0;
  return cut.kind === 'range' ? cut.datasets.includes(dataset.name) : cut.dataset === dataset.name;
}

const NOTHING = { datasets: [], refused: [] };

/** Makes the rows of recorded cuts again, from the event store. */
export class CutsAgain {
  /** number of the cut whose events the window has */
  private held: number | undefined;
  /** what the window was prepared for, and what of it was refused */
  private prepared: { datasets: readonly Dataset[]; refused: readonly Refusal[] } = NOTHING;

  /** @param unfinished the cut that every table may lack; its rows are made ready for all of them at once */
  constructor(
    private readonly store: EventStore,
    private readonly window: LogWindow,
    private readonly unfinished?: Cut,
  ) {}

  /**
   * Makes the window ready to write one dataset's rows of a cut: of the events that the dataset took when
   * the cut was decided, and of no other.
   * @throws LakeError when the event store no longer has the events of the cut, or the dataset now refuses
   *   one of them; the reason of `signal`
   */
  async prepare(
    cut: Cut,
    dataset: Dataset,
    settings: StoreConfigured | undefined,
    signal: AbortSignal,
  ): Promise<LogWindow> {
    if (this.held !== cut.number) {
      this.held = undefined;
      this.prepared = NOTHING;
      const bad = cut.kind === 'redrive' ? await this.readEvents(cut) : await this.readRange(cut, signal);
      await this.window.setBad(bad);
      this.held = cut.number;
    }
    if (dataset === badRows) return this.window;
    if (!this.prepared.datasets.includes(dataset)) {
      const isForAll = cut.number === this.unfinished?.number;
      const datasets = isForAll ? eventDatasets.filter((each) => concerns(cut, each)) : [dataset];
      const leftOut = cut.kind === 'redrive' ? [] : cut.refused;
      const refused = await this.window.prepare(datasets, { settings, leftOut }, signal);
      this.prepared = { datasets, refused };
    }
    const first = this.prepared.refused.find((refusal) => refusal.dataset === dataset.name);
    if (first)
      throw new LakeError(
        `Cut ${cut.number} of the lake has rows of the event at ${first.position} in ${dataset.name}, ` +
          `which this version of the program refuses: ${first.reason}. ` +
          'Nothing is left out: mend the dataset, or go on with a version that takes it',
      );
    return this.window;
  }

  private async readRange(cut: Exclude<Cut, RedriveCut>, signal: AbortSignal): Promise<readonly BadRow[]> {
    const until = cut.kind === 'range' ? cut.through : cut.until;
    const { through } = await this.window.fill(this.store.readColumns(cut.after || null, { until, signal }));
    signal.throwIfAborted();
    if (through !== until)
      throw new LakeError(
        `Cut ${cut.number} of the lake ends at ${until}, the event store at ${through || 'its start'}`,
      );
    return cut.refused;
  }

  private async readEvents({ dataset, events }: RedriveCut): Promise<readonly BadRow[]> {
    const bad: BadRow[] = [];
    const noted = (event: RecordedEvent) => void bad.push({ dataset, position: event.position });
    await this.window.fill(columnsOf(eventsAt(this.store, events, noted)));
    return bad;
  }
}

/**
 * Reads single events, in the order of their places.
 * @param onEvent called with each
 * @throws LakeError when there is no such event
 */
export async function* eventsAt(
  store: EventStore,
  places: readonly Pick<RecordedEvent, 'stream' | 'revision'>[],
  onEvent: (event: RecordedEvent) => void = () => {},
): AsyncGenerator<RecordedEvent[]> {
  for (const { stream, revision } of places) {
    const event = await eventAt(store, stream, revision);
    onEvent(event);
    yield [event];
  }
}

async function eventAt(store: EventStore, stream: string, revision: number): Promise<RecordedEvent> {
  for await (const [event] of store.readStream(stream, { from: revision, limit: 1 })) if (event) return event;
  throw new LakeError(`The event store has no event ${revision} of stream ${stream}`);
}
