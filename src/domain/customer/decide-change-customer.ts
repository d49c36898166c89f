import { businessTime } from '../business-time';
import type { Facts, Occurred } from '../decider';
import type { CustomerDetailsChanged, CustomerEvent } from '../events';
import { fail, invalid, ok, type Result } from '../failures';
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

/** Decides that nothing changed when every field that is given has that value already. */
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
    return invalid([], 'names nothing to change');
  }
  const time = businessTime(command.occurredAt, facts.now, 'occurredAt');
  if (!time.ok) return time;
  const data: CustomerDetailsChanged = { customerId };
  if (name !== undefined && name !== state.name) data.name = name;
  if (email !== undefined && email !== state.email) data.email = email;
  if (country !== undefined && country !== state.country) data.country = country;
  if (region !== undefined && region !== state.region) data.region = region;
  const occurredAt = time.value;
  const changes = Object.keys(data).length > 1;
  return ok([
    changes
      ? { type: 'CustomerDetailsChanged', data, occurredAt }
      : { type: 'CustomerUnchanged', data: { customerId }, occurredAt },
  ]);
}
