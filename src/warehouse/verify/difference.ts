import type { Position } from '../../event-store/position';
import type { Tally } from './tally';

/**
 * Rows and money of one day and currency, in each of the three. Null: no row. `store` is undefined for what
 * is not made of events.
 */
export interface Difference {
  dataset: string;
  /** `YYYY-MM-DD`; empty for a dataset without days */
  day: string;
  /** ISO 4217; empty for rows without amounts */
  currency: string;
  store: Tally | null | undefined;
  lake: Tally | null;
  warehouse: Tally | null;
  /**
   * of day and currency, the first position at which they differ; null when they no longer did on the second
   * look
   */
  firstPosition: Position | null;
}
