import { isoDay, isoMonth } from '../../domain/calendar';
import type { Dataset } from '../../lake/datasets/dataset';
import type { LakeFile } from '../lake-files';
import { dayColumn, type Selection } from './tally';

/** Whether a file can have rows of a selection, judged by its partition and by its last position. */
export function mayHold(
  dataset: Dataset,
  { partition, throughPosition }: Pick<LakeFile, 'partition' | 'throughPosition'>,
  { after, days, stretches }: Omit<Selection, 'through'>,
): boolean {
  if (throughPosition !== '') {
    if (after !== null && throughPosition <= after) return false;
    if (stretches && [...stretches].every((first) => throughPosition < first)) return false;
  }
  const field = dataset.partitionBy.findIndex(({ column }) => column === dayColumn(dataset));
  const value = partition?.[field];
  if (!days || typeof value !== 'number') return true;
  const wanted = dataset.partitionBy[field]?.transform === 'month' ? isoMonth(value) : isoDay(value);
  return [...days].some((day) => day.startsWith(wanted));
}
