import { badRows } from '../../export/datasets/bad-rows.dataset';
import { datasets } from '../../export/datasets/catalogue';
import { rowsOfLog } from './log-tallies';
import { PART } from './sql-tallies';
import { addRow, dayOf, sameTally, summedColumns, type Tallies } from './tally';
import type { Difference, VerifyOptions } from './verify';

/**
 * Fills in `firstPosition`: reads the log once more, and for every stretch of it asks lake and warehouse for the same one,
 * so that memory does not grow with what differs. It ends with the last difference found.
 */
export async function findFirstPositions(
  { store, lake, warehouse, through, onProgress, signal }: VerifyOptions,
  differences: readonly Difference[],
): Promise<void> {
  let after = '';
  for await (const batch of rowsOfLog(store, through, signal)) {
    onProgress?.({ step: 'locate', name: batch.through });
    const range = { after, through: batch.through };
    after = batch.through;
    for (const dataset of datasets) {
      const open = differences.filter((one) => one.dataset === dataset.name && one.firstPosition === null);
      if (open.length === 0) continue;
      const inLog: Tallies = new Map();
      const columns = summedColumns(dataset);
      for (const { position, row } of batch.rows.filter((one) => one.dataset === dataset))
        addRow(inLog, `${dayOf(dataset, row)}${PART}${position}`, columns, row);
      const inLake = await lake.tally(dataset, range, 'position');
      const inWarehouse = await warehouse.tally(dataset, range, 'position');
      const differ = (part: string) =>
        !sameTally(inLake.get(part), inWarehouse.get(part)) ||
        (dataset !== badRows && !sameTally(inLog.get(part), inLake.get(part)));
      const parts = [...new Set([...inLog.keys(), ...inLake.keys(), ...inWarehouse.keys()])].filter(differ);
      for (const one of open) one.firstPosition = firstOf(parts, one.day);
    }
    if (differences.every((one) => one.firstPosition !== null)) return;
  }
}

/** The lowest position among parts of a day; null when there is none. */
function firstOf(parts: readonly string[], day: string): string | null {
  const prefix = `${day}${PART}`;
  const positions = parts.filter((part) => part.startsWith(prefix)).map((part) => part.slice(prefix.length));
  return positions.sort()[0] ?? null;
}
