import { type ChangeCustomerCommand, decideChangeCustomer } from '../domain/customer/decide-change-customer';
import { customers } from './aggregates';
import { defineCommand } from './handle';

/**
 * Fields that are absent stay as they are; null or an empty text empties one. The name can only be replaced.
 */
export interface ChangeCustomer {
  idempotencyKey: string;
  customerId: string;
  name?: string;
  email?: string | null;
  country?: string | null;
  region?: string | null;
  expectedRevision?: number | null;
  /** Unix milliseconds; now when absent */
  occurredAt?: number | null;
}

export const changeCustomer = defineCommand({
  name: 'ChangeCustomer',
  aggregate: customers,
  normalise: (input: ChangeCustomer, check): ChangeCustomerCommand => ({
    customerId: check.id('customerId', input.customerId),
    name: input.name === undefined ? undefined : check.name('name', input.name),
    email: input.email === undefined ? undefined : (check.optionalEmail('email', input.email) ?? null),
    country: input.country === undefined ? undefined : (check.optionalName('country', input.country) ?? null),
    region: input.region === undefined ? undefined : (check.optionalName('region', input.region) ?? null),
    occurredAt: check.optionalTime('occurredAt', input.occurredAt),
  }),
  id: (command) => command.customerId,
  decide: decideChangeCustomer,
});
