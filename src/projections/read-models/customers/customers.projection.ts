import type { RecordedEvent } from '../../../event-store/event';
import type { Fold, Projection, ProjectionClient } from '../../projection';
import { EventRefusedError } from '../event-refused-error';
import { isCurrent } from '../is-current';
import { projectionSql } from '../projection-sql';
import { DETAILS, type Detail, loadRegistered, type Registered, saveRegistered } from './registered';
import { Sightings } from './sightings';

/**
 * One row a customer: what the customer's own stream says, and where an order or credit note named it first.
 */
export const customers: Projection = {
  name: 'customers',
  version: 3,
  eventTypes: [
    'CustomerRegistered',
    'CustomerDetailsChanged',
    'CustomerUnchanged',
    'OrderPlaced',
    'CreditNoteIssued',
  ],
  ordering: 'per-key',
  tables: ['customers'],
  ...projectionSql(__dirname),
  open: async () => new CustomersFold(),
};

type CustomerEvent = RecordedEvent<'CustomerRegistered' | 'CustomerDetailsChanged' | 'CustomerUnchanged'>;

class CustomersFold implements Fold {
  private readonly sightings = new Sightings();

  async apply(client: ProjectionClient, events: RecordedEvent[]): Promise<void> {
    const own: CustomerEvent[] = [];
    for (const event of events) {
      switch (event.type) {
        case 'CustomerRegistered':
        case 'CustomerDetailsChanged':
        case 'CustomerUnchanged':
          own.push(event);
          break;
        case 'OrderPlaced':
        case 'CreditNoteIssued':
          this.sightings.note(event);
      }
    }
    if (own.length > 0) await foldOwn(client, own);
    await this.sightings.save(client);
  }
}

async function foldOwn(client: ProjectionClient, events: readonly CustomerEvent[]): Promise<void> {
  const registered = await loadRegistered(client, new Set(events.map((event) => event.data.customerId)));
  for (const event of events) {
    const { customerId } = event.data;
    registered.set(customerId, evolve(registered.get(customerId), event));
  }
  await saveRegistered(client, registered);
}

function evolve(before: Registered | undefined, event: CustomerEvent): Registered {
  const { revision } = event;
  if (event.type === 'CustomerRegistered') {
    const registered = (value: string | null): Detail => ({ value, from: null });
    const { name, email, country, region } = event.data;
    return {
      revision,
      registeredAt: event.occurredAt,
      name: registered(name),
      email: registered(email),
      country: registered(country),
      region: registered(region),
    };
  }
  if (!before) throw new EventRefusedError(event, `there is no customer ${event.data.customerId}`);
  const after = { ...before, revision };
  if (event.type === 'CustomerUnchanged') return after;
  for (const detail of DETAILS) {
    const value = event.data[detail];
    if (value !== undefined && isCurrent(event.occurredAt, before[detail].from))
      after[detail] = { value, from: event.occurredAt };
  }
  return after;
}
