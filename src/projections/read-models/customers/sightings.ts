import { salesEventTypes } from '../../../domain/event-roles';
import type { RecordedEvent } from '../../../event-store/event';
import type { Position } from '../../../event-store/position';
import { namesOf, omit, parametersOf, pick, setExcluded, unnestAs } from '../../../postgres/table';
import type { ProjectionClient } from '../../projection';
import { sortedByKey } from '../sorted-by-key';
import { customersTable } from './tables';

/**
 * The events that name a customer and the country of the sale. Cancellations and returns only repeat what
 * their order said.
 */
export const SIGHTING_TYPES = salesEventTypes({
  places: true,
  cancels: false,
  returns: false,
  credits: true,
});

/**
 * Where an order or a credit note named a customer first. The lowest position wins, whichever comes first.
 */
export interface Sighting {
  position: Position;
  country: string;
  region: string | null;
}

/** The half of a customer's row that the customer's sales give. */
const seenColumns = pick(
  customersTable.columns,
  'customer_id',
  'seen_position',
  'seen_country',
  'seen_region',
);

// Most customers have been seen before, and a row that DO UPDATE leaves alone is locked, hence written, all
// the same.
const UPSERT = `
INSERT INTO customers AS t (${namesOf(seenColumns)})
SELECT s.* FROM ${unnestAs('s', seenColumns)}
 WHERE NOT EXISTS (SELECT FROM customers c
                    WHERE c.customer_id = s.customer_id AND c.seen_position <= s.seen_position)
ON CONFLICT (customer_id) DO UPDATE SET ${setExcluded(omit(seenColumns, 'customer_id'))}
 WHERE t.seen_position IS NULL OR t.seen_position > excluded.seen_position`;

/** So many customers are remembered as seen; beyond it the table is asked again. */
const REMEMBERED = 100_000;

/** Collects the sightings of a batch, then writes those that the table does not know. */
export class Sightings {
  private readonly unsaved = new Map<string, Sighting>();
  /** a position at or above the one in the table, by customer */
  private readonly saved = new Map<string, Position>();

  /** Guests are nobody. */
  note({ position, data }: RecordedEvent<(typeof SIGHTING_TYPES)[number]>): void {
    const { customerId, country, region } = data;
    if (customerId === null) return;
    const known = this.unsaved.get(customerId)?.position ?? this.saved.get(customerId);
    if (known === undefined || position < known) this.unsaved.set(customerId, { position, country, region });
  }

  /** Writes the seen half of the rows, in the order of their ids. */
  async save(client: ProjectionClient): Promise<void> {
    if (this.unsaved.size === 0) return;
    const sorted = sortedByKey(this.unsaved);
    const values = parametersOf(seenColumns, sorted, {
      customer_id: ([customerId]) => customerId,
      seen_position: ([, { position }]) => position,
      seen_country: ([, { country }]) => country,
      seen_region: ([, { region }]) => region,
    });
    await client.query({ name: 'customers-see', text: UPSERT, values });
    if (this.saved.size > REMEMBERED) this.saved.clear();
    for (const [customerId, { position }] of sorted) this.saved.set(customerId, position);
    this.unsaved.clear();
  }
}
