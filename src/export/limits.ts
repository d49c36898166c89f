/** The size at which a part of the log becomes a cut: whichever limit is reached first. */
export interface CutLimits {
  events: number;
  /** of data and metadata */
  bytes: number;
  /** pause at the end of the log, milliseconds: no event waits longer for its cut */
  ageMs: number;
}

/**
 * One cut is read while the one before is written. With Node and DuckDB the process takes up to 450 MB,
 * however long the log is. Ten seconds keep the lake of a quiet shop up to date.
 */
export const DEFAULT_LIMITS: CutLimits = { events: 50_000, bytes: 32 * 1024 * 1024, ageMs: 10_000 };
