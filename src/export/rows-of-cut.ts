import type { StoreConfigured } from '../domain/events';
import type { EventStore, RecordedEvent } from '../event-store/event-store';
import type { Row } from '../lake/columns/table-definition';
import type { Cut } from '../lake/cuts/cut';
import { badRow, badRows } from '../lake/datasets/bad-rows.dataset';
import type { Dataset } from '../lake/datasets/dataset';
import { LakeError } from '../lake/errors/lake-error';
import { CutRows } from './cut-rows';

/** Tells whether a dataset may have rows of a cut. */
export function concerns(cut: Cut, dataset: Dataset): boolean {
  if (dataset === badRows) return cut.kind === 'redrive' || cut.refused.length > 0;
  return cut.kind === 'range' ? cut.datasets.includes(dataset.name) : cut.dataset === dataset.name;
}

/**
 * Makes the rows of one dataset in a recorded cut again, from the event store: of the events that the dataset
 * took when the cut was decided, and of no other.
 * @throws LakeError when the event store no longer has the events of the cut, or the dataset now refuses one
 *   of them
 */
export async function rowsOfCut(
  store: EventStore,
  cut: Cut,
  settings: StoreConfigured | undefined,
  dataset: Dataset,
): Promise<CutRows> {
  const rows = new CutRows(dataset === badRows ? [] : [dataset], settings);
  if (!concerns(cut, dataset)) return rows;
  const leftOut = leftOutOf(cut, dataset);
  for await (const events of eventsOf(store, cut)) {
    if (dataset === badRows) for (const row of badRowsOf(cut, events)) rows.addBad(row);
    else rows.add(events.filter(({ position }) => !leftOut.has(position)));
  }
  const [first] = rows.refused;
  if (first)
    throw new LakeError(
      `Cut ${cut.number} of the lake has rows of the event at ${first.position} in ${dataset.name}, ` +
        `which this version of the program refuses: ${first.reason}. ` +
        'Nothing is left out: mend the dataset, or go on with a version that takes it',
    );
  return rows;
}

function leftOutOf(cut: Cut, { name }: Dataset): ReadonlySet<string> {
  const refused = cut.kind === 'redrive' ? [] : cut.refused;
  return new Set(refused.filter(({ dataset }) => dataset === name).map(({ position }) => position));
}

/** The rows of `bad_rows` that a cut has of some of its events. */
function badRowsOf(cut: Cut, events: readonly RecordedEvent[]): Row[] {
  if (cut.kind === 'redrive') return events.map((event) => badRow(cut.dataset, event));
  const byPosition = new Map(events.map((event) => [event.position, event]));
  return cut.refused.flatMap(({ dataset, position, reason }) => {
    const event = byPosition.get(position);
    return event ? [badRow(dataset, event, reason)] : [];
  });
}

async function* eventsOf(store: EventStore, cut: Cut): AsyncGenerator<RecordedEvent[]> {
  if (cut.kind === 'redrive') {
    for (const { stream, revision } of cut.events) yield [await eventAt(store, stream, revision)];
    return;
  }
  const until = cut.kind === 'range' ? cut.through : cut.until;
  let last = '';
  for await (const { events, through } of store.readAll(cut.after || null, { until })) {
    yield events;
    last = through;
  }
  if (last !== until)
    throw new LakeError(
      `Cut ${cut.number} of the lake ends at ${until}, the event store at ${last || 'its start'}`,
    );
}

/** @throws LakeError when there is no such event */
export async function eventAt(store: EventStore, stream: string, revision: number): Promise<RecordedEvent> {
  for await (const [event] of store.readStream(stream, { from: revision, limit: 1 })) if (event) return event;
  throw new LakeError(`The event store has no event ${revision} of stream ${stream}`);
}
