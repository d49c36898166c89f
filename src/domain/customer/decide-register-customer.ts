import { businessTime } from '../business-time';
import type { Facts, Occurred } from '../decider';
import type { CustomerEvent } from '../event-roles';
import { fail, ok, type Result } from '../failures';
import type { CustomerState } from './customer-state';

export interface RegisterCustomerCommand {
  customerId: string;
  name: string;
  email?: string;
  country?: string;
  region?: string;
  /** Unix milliseconds; now when absent */
  occurredAt?: number;
}

export function decideRegisterCustomer(
  command: RegisterCustomerCommand,
  state: CustomerState | undefined,
  facts: Facts,
): Result<Occurred<CustomerEvent>[]> {
  const { customerId, name, email = null, country = null, region = null } = command;
  if (state !== undefined) {
    const message = `Customer ${customerId} was registered before`;
    return fail({ code: 'ALREADY_EXISTS', message, path: ['customerId'] });
  }
  const time = businessTime(command.occurredAt, facts.now, 'occurredAt');
  if (!time.ok) return time;
  const data = { customerId, name, email, country, region };
  return ok([{ type: 'CustomerRegistered', data, occurredAt: time.value }]);
}
