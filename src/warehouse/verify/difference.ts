import type { Position } from '../../event-store/position';
import type { Tally } from './tally';

/**
 * A day and currency whose rows or money differ between event store, lake and warehouse. Null: no row there.
 * `store` is undefined for a dataset that is not made of events.
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
  /** the first position of this day and currency that differs; null when a second look found no difference */
  firstPosition: Position | null;
}
