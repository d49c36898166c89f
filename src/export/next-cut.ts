import { isDeepStrictEqual } from 'node:util';
import { OvertakenError } from '../concurrency/keep-trying';
import type { Position } from '../event-store/position';
import type { BackfillCut, Cut, RangeCut, Refusal } from '../lake/cuts/cut';
import type { CutLog } from '../lake/cuts/cut-log';
import { eventDatasets } from '../lake/datasets/catalogue';
import type { Dataset } from '../lake/datasets/dataset';
import { LakeError } from '../lake/errors/lake-error';
import { lakeIdentity } from '../lake/lake-identity';
import type { ObjectStore } from '../lake/object-store/object-store';

/** A part of the log that is to become a cut. */
export interface NextPart {
  through: Position;
  /** Unix milliseconds */
  throughRecordedAt: number;
  refused: Refusal[];
}

/** The cut of the part behind another cut. @param last undefined: there is none yet */
export function rangeAfter(
  last: Cut | undefined,
  { through, throughRecordedAt, refused }: NextPart,
): RangeCut {
  return {
    kind: 'range',
    number: (last?.number ?? 0) + 1,
    after: last?.through ?? '',
    through,
    throughRecordedAt,
    datasets: eventDatasets.map(({ name }) => name),
    refused,
  };
}

/** The cut that ends the exporter's part of the log. @param last undefined: there is none yet */
export const handoverAfter = (last: Cut | undefined): RangeCut => ({
  kind: 'range',
  number: (last?.number ?? 0) + 1,
  after: last?.through ?? '',
  through: last?.through ?? '',
  throughRecordedAt: last?.throughRecordedAt ?? 0,
  datasets: [],
  refused: [],
  handedOver: true,
});

/** The cut of a part for a dataset that is new in the lake. @param after position it begins behind */
export function backfillAfter(last: Cut, { name }: Dataset, after: Position, next: NextPart): BackfillCut {
  const { number, through, throughRecordedAt } = last;
  return {
    kind: 'backfill',
    number: number + 1,
    dataset: name,
    after,
    until: next.through,
    refused: next.refused,
    through,
    throughRecordedAt,
  };
}

/**
 * Records a cut, provided that nobody has recorded another one under its number.
 * @throws OvertakenError when another exporter has decided this cut differently; LakeError when the lake was
 *   emptied
 */
export async function decideCut<C extends Cut>(lake: ObjectStore, cuts: CutLog, wanted: C): Promise<C> {
  await checkNotEmptied(lake, cuts, wanted.number);
  if (isDeepStrictEqual(await cuts.decide(wanted), wanted)) return wanted;
  throw new OvertakenError(`cut ${wanted.number} of the lake was decided by another exporter`);
}

/**
 * An exporter remembers the tables. In a lake that was emptied since it would commit the next cut to tables
 * without the earlier ones.
 */
async function checkNotEmptied(lake: ObjectStore, cuts: CutLog, next: number): Promise<void> {
  const before = next === 1 ? await lakeIdentity(lake) : await cuts.get(next - 1);
  if (before === undefined)
    throw new LakeError(`The lake ${lake.root} was emptied while it was exported to; it is to be begun anew`);
}
