import type { Occurred } from '../decider';
import type { CustomerDetailsChanged } from '../events';
import { changedFrom, type Timeline, timelineFrom } from '../timeline';

export interface CustomerState {
  customerId: string;
  name: Timeline<string>;
  email: Timeline<string | null>;
  country: Timeline<string | null>;
  region: Timeline<string | null>;
}

export function evolveCustomer(state: CustomerState | undefined, event: Occurred): CustomerState | undefined {
  if (event.type === 'CustomerRegistered') {
    const { customerId, name, email, country, region } = event.data;
    return {
      customerId,
      name: timelineFrom(name),
      email: timelineFrom(email),
      country: timelineFrom(country),
      region: timelineFrom(region),
    };
  }
  if (event.type === 'CustomerDetailsChanged' && state !== undefined)
    return changed(state, event.data, event.occurredAt);
  return state;
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
