import { given, NOW } from '../../../test/support/given-when-then';
import type { Occurred } from '../decider';
import { evolveCustomer } from './customer-state';
import { type ChangeCustomerCommand, decideChangeCustomer } from './decide-change-customer';
import { decideRegisterCustomer } from './decide-register-customer';

const registered: Occurred = {
  type: 'CustomerRegistered',
  occurredAt: NOW,
  data: { customerId: 'C1', name: 'Ada', email: 'ada@example.com', country: 'GB', region: null },
};
const changing = (fields: Omit<ChangeCustomerCommand, 'customerId'>, ...more: Occurred[]) =>
  given(evolveCustomer, registered, ...more).when(decideChangeCustomer, { customerId: 'C1', ...fields });

describe('registering a customer', () => {
  it('keeps what is given', () => {
    given(evolveCustomer)
      .when(decideRegisterCustomer, {
        customerId: 'C1',
        name: 'Ada',
        email: 'ada@example.com',
        country: 'GB',
      })
      .thenEvents(registered);
  });

  it('is refused a second time, and in the future', () => {
    const command = { customerId: 'C1', name: 'Ada' };
    given(evolveCustomer, registered)
      .when(decideRegisterCustomer, command)
      .thenRefused('ALREADY_EXISTS', ['customerId']);
    given(evolveCustomer)
      .when(decideRegisterCustomer, { ...command, occurredAt: NOW + 600_000 })
      .thenRefused('INVALID_INPUT', ['occurredAt']);
  });
});

describe('changing a customer', () => {
  it('says only what changes', () => {
    changing({ name: 'Ada', email: null, region: 'Kent' }).thenEvents({
      type: 'CustomerDetailsChanged',
      occurredAt: NOW,
      data: { customerId: 'C1', email: null, region: 'Kent' },
    });
  });

  it('holds changes against the newest state', () => {
    const moved: Occurred = {
      type: 'CustomerDetailsChanged',
      occurredAt: NOW,
      data: { customerId: 'C1', country: 'IE' },
    };
    changing({ country: 'IE' }, moved).thenEvents({
      type: 'CustomerUnchanged',
      occurredAt: NOW,
      data: { customerId: 'C1' },
    });
    changing({ country: 'GB' }, moved).thenEvents({
      ...moved,
      data: { customerId: 'C1', country: 'GB' },
    } as Occurred);
  });

  it('that are dated back leave what came later, field by field', () => {
    const then = (data: object, ago: number): Occurred =>
      ({
        type: 'CustomerDetailsChanged',
        occurredAt: NOW - ago,
        data: { customerId: 'C1', ...data },
      }) as Occurred;
    const log = [then({ country: 'IE' }, 10), then({ country: 'FR', name: 'Ada L.' }, 20)];
    changing({ country: 'FR', name: 'Ada' }, ...log).thenEvents(then({ country: 'FR', name: 'Ada' }, 0));
    changing({ country: 'IE', name: 'Ada L.' }, ...log).thenEvents({
      type: 'CustomerUnchanged',
      occurredAt: NOW,
      data: { customerId: 'C1' },
    });
    changing({ country: 'IE', occurredAt: NOW - 15 }, ...log).thenEvents(then({ country: 'IE' }, 15));
  });

  it('is refused where there is nothing to change or nobody', () => {
    changing({}).thenRefused('INVALID_INPUT', []);
    given(evolveCustomer)
      .when(decideChangeCustomer, { customerId: 'C1', name: 'Eve' })
      .thenRefused('NOT_FOUND', ['customerId']);
  });
});
