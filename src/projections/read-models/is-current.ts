/**
 * Whether a change replaces the current value. A change that is dated before the current value does not. Of
 * two changes of one time the later in the log counts.
 * @param from business time of the change, Unix milliseconds
 * @param currentFrom of the current value; null: it is true from the beginning
 */
export const isCurrent = (from: number, currentFrom: number | null): boolean =>
  currentFrom === null || from >= currentFrom;
