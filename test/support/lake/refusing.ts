import type { Dataset } from '../../../src/lake/datasets/dataset';

/**
 * Has a dataset refuse events, as a version of the program with a mistake would.
 * @param fits a condition in SQL on the events that it takes all the same; default: none
 * @returns a function that mends it
 */
export function refusing(dataset: Dataset, fits = 'FALSE'): () => void {
  const mistake = {
    fits: () => fits,
    reason: () => `CASE WHEN (${fits}) IS NOT TRUE THEN 'a mistake of ours' END`,
  };
  const columns = dataset.columns.map((column, index) =>
    index === 0
      ? { ...column, value: { ...column.value, checks: [...column.value.checks, mistake] } }
      : column,
  );
  const replaced = jest.replaceProperty(dataset, 'columns', columns);
  return () => replaced.restore();
}
