import { salesEventTypes } from '../../../domain/event-roles';
import type { RecordedEvent } from '../../../event-store/event';
import { insert, omit, parametersOf, setExcluded } from '../../../postgres/table';
import type { ProjectionClient } from '../../projection';
import { sortedByKey } from '../sorted-by-key';
import { productNamesTable } from './tables';

/**
 * The documents that name products. Cancellations and returns only repeat the names of their order, which may
 * be old.
 */
export const NAMING_DOCUMENTS = salesEventTypes({
  places: true,
  cancels: false,
  returns: false,
  credits: true,
});

export type NamingEvent = RecordedEvent<'ProductListed' | (typeof NAMING_DOCUMENTS)[number]>;

interface Naming {
  name: string;
  /** Unix milliseconds */
  at: number;
  position: string;
  lineNumber: number;
}

// A name is replaced by a newer one only, so the order of arrival does not matter.
const UPSERT = `
${insert(productNamesTable)}
ON CONFLICT (product_id) DO UPDATE SET ${setExcluded(omit(productNamesTable.columns, 'product_id'))}
 WHERE (t.named_at, t.position, t.line_number)
       < (excluded.named_at, excluded.position, excluded.line_number)`;

/** The newest name of each product that the events of a batch give. */
export class ProductNames {
  private readonly newest = new Map<string, Naming>();

  note({ type, data, occurredAt: at, position }: NamingEvent): void {
    if (type === 'ProductListed') this.name(data.productId, { name: data.name, at, position, lineNumber: 0 });
    else
      for (const { productId, productName: name, lineNumber } of data.lines)
        this.name(productId, { name, at, position, lineNumber });
  }

  /** Writes them, in the order of their ids. */
  async save(client: ProjectionClient): Promise<void> {
    if (this.newest.size === 0) return;
    const values = parametersOf(productNamesTable.columns, sortedByKey(this.newest), {
      product_id: ([productId]) => productId,
      name: ([, { name }]) => name,
      named_at: ([, { at }]) => at,
      position: ([, { position }]) => position,
      line_number: ([, { lineNumber }]) => lineNumber,
    });
    await client.query({ name: 'products-name', text: UPSERT, values });
  }

  private name(productId: string, naming: Naming): void {
    if (naming.name === productId) return;
    const known = this.newest.get(productId);
    if (known === undefined || isNewer(naming, known)) this.newest.set(productId, naming);
  }
}

function isNewer(a: Naming, b: Naming): boolean {
  if (a.at !== b.at) return a.at > b.at;
  return a.position === b.position ? a.lineNumber > b.lineNumber : a.position > b.position;
}
