import type { Occurred } from '../decider';
import { eventsOf, streamEventTypes } from '../event-roles';
import type { CustomerDetailsChanged } from '../events';
import { changedFrom, type Timeline, timelineFrom } from '../timeline';
import { unreachable } from '../unreachable';

export interface CustomerState {
  customerId: string;
  name: Timeline<string>;
  email: Timeline<string | null>;
  country: Timeline<string | null>;
  region: Timeline<string | null>;
}

const isCustomerEvent = eventsOf(streamEventTypes('customer'));

/** Events of other streams leave the customer as it is. */
export function evolveCustomer(state: CustomerState | undefined, event: Occurred): CustomerState | undefined {
  if (!isCustomerEvent(event)) return state;
  switch (event.type) {
    case 'CustomerRegistered': {
      const { customerId, name, email, country, region } = event.data;
      return {
        customerId,
        name: timelineFrom(name),
        email: timelineFrom(email),
        country: timelineFrom(country),
        region: timelineFrom(region),
      };
    }
    case 'CustomerDetailsChanged':
      return state && changed(state, event.data, event.occurredAt);
    case 'CustomerUnchanged':
      return state;
    default:
      return unreachable(event);
  }
}

function changed(
  { customerId, ...before }: CustomerState,
  { name, email, country, region }: CustomerDetailsChanged,
  at: number,
): CustomerState {
  return {
    customerId,
    name: name === undefined ? before.name : changedFrom(before.name, at, name),
    email: email === undefined ? before.email : changedFrom(before.email, at, email),
    country: country === undefined ? before.country : changedFrom(before.country, at, country),
    region: region === undefined ? before.region : changedFrom(before.region, at, region),
  };
}
