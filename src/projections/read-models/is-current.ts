/**
 * Does a change replace the value that is current? One that is dated before it was true earlier, and nothing
 * more; of one time the later in the log counts.
 * @param from business time of the change, Unix milliseconds
 * @param currentFrom of the current value; null: it is true from the beginning
 */
export const isCurrent = (from: number, currentFrom: number | null): boolean =>
  currentFrom === null || from >= currentFrom;
