import {
  decideRegisterCustomer,
  type RegisterCustomerCommand,
} from '../domain/customer/decide-register-customer';
import { customers } from './aggregates';
import { defineCommand } from './handle';

export interface RegisterCustomer {
  idempotencyKey: string;
  customerId: string;
  name: string;
  email?: string | null;
  country?: string | null;
  region?: string | null;
  /** Unix milliseconds; now when absent */
  occurredAt?: number | null;
}

export const registerCustomer = defineCommand({
  name: 'RegisterCustomer',
  aggregate: customers,
  begins: true,
  normalise: (input: RegisterCustomer, check): RegisterCustomerCommand => ({
    customerId: check.id('customerId', input.customerId),
    name: check.name('name', input.name),
    email: check.optionalEmail('email', input.email),
    country: check.optionalName('country', input.country),
    region: check.optionalName('region', input.region),
    occurredAt: check.optionalTime('occurredAt', input.occurredAt),
  }),
  id: (command) => command.customerId,
  decide: decideRegisterCustomer,
});
