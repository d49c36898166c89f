import type { StoreConfigured } from '../../domain/events';
import type { EventStore } from '../../event-store/event-store';
import type { Dataset } from '../dataset';
import { badRows } from '../datasets/bad-rows.dataset';
import { eventDatasets } from '../datasets/catalogue';
import type { Cut, RedriveCut } from './cut';
import { CutRows } from './cut-rows';
import { LakeError } from './errors';

/**
 * The rows of a recorded cut, from the event store, the same each time.
 * @param only the one dataset that is wanted; default: all
 * @throws LakeError when the event store does not have the cut's events any more
 */
export async function rowsOfCut(
  store: EventStore,
  cut: Cut,
  settings: StoreConfigured | undefined,
  only?: Dataset,
): Promise<CutRows> {
  if (cut.kind === 'redrive') return redriven(store, cut, settings);
  // Bad rows come from the datasets that refuse them, so those have to be asked.
  const wanted = only && only !== badRows ? [only] : eventDatasets;
  const rows = new CutRows(wanted, settings);
  let last = '';
  for await (const { events, through } of store.readAll(cut.after || null, { until: cut.through })) {
    rows.add(events);
    last = through;
  }
  if (last !== cut.through)
    throw new LakeError(
      `Cut ${cut.number} of the lake ends at ${cut.through}, the event store at ${last || 'its start'}`,
    );
  return rows;
}

async function redriven(
  store: EventStore,
  { number, dataset: name, events }: RedriveCut,
  settings: StoreConfigured | undefined,
): Promise<CutRows> {
  const dataset = eventDatasets.find((each) => each.name === name);
  if (!dataset) throw new LakeError(`Cut ${number} of the lake is of dataset ${name}, which there is not`);
  const rows = new CutRows([dataset], settings);
  for (const { stream, revision } of events) rows.redrive(dataset, await eventAt(store, stream, revision));
  return rows;
}

/** @throws LakeError when there is no such event */
export async function eventAt(store: EventStore, stream: string, revision: number) {
  for await (const [event] of store.readStream(stream, { from: revision, limit: 1 })) if (event) return event;
  throw new LakeError(`The event store has no event ${revision} of stream ${stream}`);
}
