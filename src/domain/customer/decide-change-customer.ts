import { businessTime } from '../business-time';
import type { Facts, Occurred } from '../decider';
import type { CustomerEvent } from '../event-roles';
import type { CustomerDetailsChanged } from '../events';
import { fail, invalid, ok, type Result } from '../failures';
import { timeOfChange, valueAt } from '../timeline';
import type { CustomerState } from './customer-state';

/** Fields that are absent stay as they are; null empties one. */
export interface ChangeCustomerCommand {
  customerId: string;
  name?: string;
  email?: string | null;
  country?: string | null;
  region?: string | null;
  /** Unix milliseconds; now when absent */
  occurredAt?: number;
}

/**
 * Decides that nothing changed when every field that is given has that value already, at the time of the
 * change.
 */
export function decideChangeCustomer(
  command: ChangeCustomerCommand,
  state: CustomerState | undefined,
  facts: Facts,
): Result<Occurred<CustomerEvent>[]> {
  const { customerId, name, email, country, region } = command;
  if (state === undefined) {
    return fail({ code: 'NOT_FOUND', message: `There is no customer ${customerId}`, path: ['customerId'] });
  }
  if (name === undefined && email === undefined && country === undefined && region === undefined) {
    return invalid([], 'The input names nothing to change');
  }
  const time = businessTime(command.occurredAt, facts.now, 'occurredAt');
  if (!time.ok) return time;
  const occurredAt =
    command.occurredAt ?? timeOfChange(facts.now, state.name, state.email, state.country, state.region);
  const before = {
    name: valueAt(state.name, occurredAt),
    email: valueAt(state.email, occurredAt),
    country: valueAt(state.country, occurredAt),
    region: valueAt(state.region, occurredAt),
  };
  const data: CustomerDetailsChanged = { customerId };
  if (name !== undefined && name !== before.name) data.name = name;
  if (email !== undefined && email !== before.email) data.email = email;
  if (country !== undefined && country !== before.country) data.country = country;
  if (region !== undefined && region !== before.region) data.region = region;
  const changes = Object.keys(data).length > 1;
  return ok([
    changes
      ? { type: 'CustomerDetailsChanged', data, occurredAt }
      : { type: 'CustomerUnchanged', data: { customerId }, occurredAt },
  ]);
}
