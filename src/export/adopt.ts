import { isDeepStrictEqual } from 'node:util';
import type { EventStore } from '../event-store/event-store';
import type { Position } from '../event-store/position';
import { type Cut, isHandedOver, type RangeCut, type Refusal } from '../lake/cuts/cut';
import { CutLog } from '../lake/cuts/cut-log';
import { datasets, eventDatasets } from '../lake/datasets/catalogue';
import { inOrderOf } from '../lake/datasets/sql/window';
import { LakeError } from '../lake/errors/lake-error';
import type { Catalog } from '../lake/iceberg/committer';
import { saidOfSpark, tellAdopted, tellAdopting } from '../lake/tables/handed-over';
import { openBadRows } from './redrive';

/** As many events as an exporter takes to a cut: a table that is rolled back gets them again cut by cut. */
const EVENTS_OF_CUT = 20_000;

export interface AdoptOptions {
  store: EventStore;
  catalog: Catalog;
  /** for copies of files; absolute, and nobody else uses it */
  workFolder: string;
}

export interface Adopted {
  /** every table has the log up to here */
  through: Position;
  /** events that Spark took to the lake */
  events: number;
  /** cuts that its part was recorded as */
  cuts: number;
}

/**
 * Takes the lake back from Spark: records its part of the log as cuts that all tables have. The first of
 * these cuts is recorded last. Until then the lake is Spark's, so a process that dies here changes nothing.
 * @throws LakeError when Spark does not have the lake, or has not finished
 */
export async function adoptLake({ store, catalog, workFolder }: AdoptOptions): Promise<Adopted> {
  const cuts = new CutLog(catalog.store);
  const latest = await cuts.latest();
  if (!latest || !isHandedOver(latest)) return clearAway(catalog, latest);
  const through = await finishedAt(catalog, latest);
  const refused = await refusedBehind(catalog, latest.through, workFolder);
  const { parts, events } = await cutsBetween(store, latest, through, refused);
  const [first, ...later] = parts;
  const last = parts.at(-1);
  if (!first || !last) throw new LakeError('There is no part to adopt');
  for (const cut of later.reverse()) await record(catalog, cuts, cut);
  for (const { name } of datasets) await tellAdopting(catalog, name, last);
  await record(catalog, cuts, first);
  await cuts.finished(last.number);
  for (const { name } of datasets) await tellAdopted(catalog, name);
  return { through, events, cuts: parts.length };
}

async function record({ store }: Catalog, cuts: CutLog, cut: RangeCut): Promise<void> {
  if (isDeepStrictEqual(await cuts.decide(cut), cut)) return;
  throw new LakeError(`Cut ${cut.number} of the lake ${store.root} is on record, and is another one`);
}

/** What an adoption that was killed left behind. @throws LakeError when there was none */
async function clearAway(catalog: Catalog, latest: Cut | undefined): Promise<Adopted> {
  let cleared = false;
  for (const { name } of latest ? datasets : []) {
    if (!(await saidOfSpark(catalog, name)).isBeingAdopted) continue;
    await tellAdopted(catalog, name);
    cleared = true;
  }
  if (cleared && latest) return { through: latest.through, events: 0, cuts: 0 };
  throw new LakeError(
    `The lake ${catalog.store.root} is the exporter’s: it was not handed over, or is adopted already`,
  );
}

/** @throws LakeError when the tables do not say one position */
async function finishedAt(catalog: Catalog, handedOver: Cut): Promise<Position> {
  const said = await Promise.all(datasets.map(({ name }) => saidOfSpark(catalog, name)));
  const [through, ...others] = new Set(said.map(({ finished }) => finished));
  const isOne = through !== undefined && others.length === 0;
  if (isOne && said.every(({ cut }) => cut === handedOver.number)) return through;
  throw new LakeError(
    'Spark has not brought all tables to one position. Stop its job, let `lake.py finish` run to its end, ' +
      'and adopt the lake then',
  );
}

async function refusedBehind(catalog: Catalog, after: Position, workFolder: string): Promise<Refusal[]> {
  const refused: Refusal[] = [];
  for (const dataset of eventDatasets) {
    for (let behind = after; ; ) {
      const page = await openBadRows(catalog, dataset, { after: behind, workFolder });
      const last = page.at(-1);
      if (!last) break;
      behind = last.position;
      for (const { position, reason } of page) refused.push({ dataset: dataset.name, position, reason });
    }
  }
  return refused.sort(inOrderOf(eventDatasets));
}

/** The cuts of a part of the log, and an empty one behind them. */
async function cutsBetween(
  store: EventStore,
  handedOver: Cut,
  until: Position,
  refused: readonly Refusal[],
): Promise<{ parts: RangeCut[]; events: number }> {
  const parts: RangeCut[] = [];
  let [after, events, total] = [handedOver.through, 0, 0];
  let recordedAt = handedOver.throughRecordedAt;
  const end = (through: Position, throughRecordedAt: number) => {
    parts.push({
      kind: 'range',
      number: handedOver.number + parts.length + 1,
      after,
      through,
      throughRecordedAt,
      datasets: through > after ? eventDatasets.map(({ name }) => name) : [],
      refused: refused.filter(({ position }) => position > after && position <= through),
    });
    [after, events] = [through, 0];
  };
  if (until > after)
    for await (const batch of store.readAll(after || null, { until, metadata: false })) {
      events += batch.events.length;
      total += batch.events.length;
      recordedAt = batch.throughRecordedAt;
      if (events >= EVENTS_OF_CUT || batch.through === until) end(batch.through, recordedAt);
    }
  if (after !== until)
    throw new LakeError(`Spark has the log up to ${until}, the event store only to ${after || 'its start'}`);
  end(until, recordedAt);
  if (parts.length === 1) end(until, recordedAt);
  return { parts, events: total };
}
