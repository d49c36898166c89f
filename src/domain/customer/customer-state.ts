import type { Occurred } from '../decider';
import type { CustomerRegistered } from '../events';

export type CustomerState = CustomerRegistered;

export function evolveCustomer(state: CustomerState | undefined, event: Occurred): CustomerState | undefined {
  if (event.type === 'CustomerRegistered') return event.data;
  if (event.type === 'CustomerDetailsChanged' && state !== undefined) return { ...state, ...event.data };
  return state;
}
