import { eventsOf, type StreamEventType, streamEventTypes } from '../../../domain/event-roles';
import { unreachable } from '../../../domain/unreachable';
import type { RecordedEvent } from '../../../event-store/event';
import type { Fold, Projection, ProjectionClient } from '../../projection';
import { EventRefusedError } from '../event-refused-error';
import { isCurrent } from '../is-current';
import { projectionSql } from '../projection-sql';
import { DETAILS, type Detail, loadRegistered, type Registered, saveRegistered } from './registered';
import { SIGHTING_TYPES, Sightings } from './sightings';

const EVENT_TYPES = [...streamEventTypes('customer'), ...SIGHTING_TYPES];
type Taken = (typeof EVENT_TYPES)[number];

/**
 * One row a customer: what the customer's own stream says, and where an order or credit note named it first.
 */
export const customers: Projection<Taken> = {
  name: 'customers',
  version: 3,
  eventTypes: EVENT_TYPES,
  ordering: 'per-key',
  tables: ['customers'],
  ...projectionSql(__dirname),
  open: async () => new CustomersFold(),
};

type CustomerEvent = RecordedEvent<StreamEventType<'customer'>>;

const isCustomerEvent = eventsOf(streamEventTypes('customer'));

class CustomersFold implements Fold<Taken> {
  private readonly sightings = new Sightings();

  async apply(client: ProjectionClient, events: RecordedEvent<Taken>[]): Promise<void> {
    const own: CustomerEvent[] = [];
    for (const event of events) {
      if (isCustomerEvent(event)) own.push(event);
      else this.sightings.note(event);
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
  if (event.type === 'CustomerRegistered') return registered(event);
  if (!before) throw new EventRefusedError(event, `there is no customer ${event.data.customerId}`);
  const after = { ...before, revision: event.revision };
  switch (event.type) {
    case 'CustomerDetailsChanged':
      for (const detail of DETAILS) {
        const value = event.data[detail];
        if (value !== undefined && isCurrent(event.occurredAt, before[detail].from))
          after[detail] = { value, from: event.occurredAt };
      }
      return after;
    case 'CustomerUnchanged':
      return after;
    default:
      return unreachable(event);
  }
}

function registered({ data, revision, occurredAt }: RecordedEvent<'CustomerRegistered'>): Registered {
  const asRegistered = (value: string | null): Detail => ({ value, from: null });
  return {
    revision,
    registeredAt: occurredAt,
    name: asRegistered(data.name),
    email: asRegistered(data.email),
    country: asRegistered(data.country),
    region: asRegistered(data.region),
  };
}
