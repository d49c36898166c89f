import { given } from '../../../test/support/given-when-then';
import { orderPaid, orderPlaced, orderShipped } from '../../../test/support/orders';
import { evolveOrder, type OrderState } from '../../domain/order/order-state';
import { type Lifecycle, missingSteps } from './lifecycle';
import { isLifecycle, type PlannedOrder, planLifecycle } from './plan-lifecycle';

const stateOf = (...events: Parameters<typeof given>[1][]): OrderState => {
  const { state } = given(evolveOrder, ...events) as { state: OrderState | undefined };
  if (state === undefined) throw new Error('No order');
  return state;
};

const life = (does: Lifecycle['does'], more: Partial<Lifecycle> = {}): Lifecycle => ({
  does,
  at: {},
  returned: undefined,
  ...more,
});

describe('the steps that an order lacks', () => {
  const placed = orderPlaced({ shipping: 490 });
  const at = placed.occurredAt;

  it('are all of them once it is placed, and only the new ones later', () => {
    const told = life(['pay', 'ship', 'deliver'], { at: { pay: at + 1, ship: at + 5, deliver: at + 9 } });
    expect(missingSteps(stateOf(placed), told)).toEqual([
      { does: 'pay', at: at + 1 },
      { does: 'ship', at: at + 5 },
      { does: 'deliver', at: at + 9 },
    ]);
    expect(missingSteps(stateOf(placed, orderPaid), told).map(({ does }) => does)).toEqual([
      'ship',
      'deliver',
    ]);
    expect(missingSteps(stateOf(placed, orderPaid, orderShipped), life(['pay', 'ship']))).toEqual([]);
  });

  it('are never before the step that they follow, and happen with it where they have no time', () => {
    const told = life(['pay', 'ship'], { at: { pay: at - 1_000 } });
    expect(missingSteps(stateOf(placed), told).map((step) => step.at)).toEqual([at, at]);
  });

  it('are none that it cannot take: nothing is shipped unpaid, nor cancelled when shipped', () => {
    expect(missingSteps(stateOf(placed), life(['ship']))).toEqual([]);
    expect(missingSteps(stateOf(placed, orderPaid, orderShipped), life(['cancel']))).toEqual([]);
    expect(missingSteps(stateOf(placed), life(['pay', 'ship', 'cancel'])).map(({ does }) => does)).toEqual([
      'pay',
      'cancel',
    ]);
  });

  it('take back what has not come back yet', () => {
    const [line] = stateOf(placed).lines;
    const { productId = '', quantity = 0 } = line ?? {};
    const whole = missingSteps(stateOf(placed), life(['return']));
    expect(whole).toMatchObject([
      { does: 'return', returned: { units: [{ productId, quantity }], shipping: 490 } },
    ]);
    const returned = {
      type: 'OrderItemsReturned' as const,
      occurredAt: at + 1,
      data: {
        ...placed.data,
        orderedAt: at,
        reason: null,
        lines: [{ ...line, lineNumber: 1, quantity: 1, amount: 1000, returnedBefore: 0 }],
        amount: 1000,
        shipping: 490,
      },
    };
    const some = stateOf(placed, returned as never);
    expect(missingSteps(some, life(['return']))).toMatchObject([
      { returned: { units: [{ productId, quantity: quantity - 1 }], shipping: 0 } },
    ]);
    const told = life(['return_some'], {
      returned: { units: [{ productId, quantity: 1 }], shipping: 0, tax: 0 },
    });
    expect(missingSteps(some, told)).toEqual([]);
  });
});

describe('what a file tells of an order', () => {
  const order: PlannedOrder = {
    currency: 'EUR',
    lines: [
      { productId: 'A', quantity: 3, amount: 1000 },
      { productId: 'B', quantity: 1, amount: 500 },
    ],
    shipping: 400,
    tax: 0,
    does: ['pay'],
    at: {},
    refunded: undefined,
    returnedUnits: [],
  };
  const plan = (more: Partial<PlannedOrder>) => {
    const planned = planLifecycle({ ...order, ...more });
    return isLifecycle(planned) ? { does: planned.does, returned: planned.returned } : planned.label;
  };
  const units = [{ productId: 'A', quantity: 1 }];

  it.each<[string, Partial<PlannedOrder>, ReturnType<typeof plan>]>([
    ['nothing came back', {}, { does: ['pay'], returned: undefined }],
    ['a refund of 0', { refunded: 0 }, { does: ['pay'], returned: undefined }],
    ['its total', { refunded: 1900 }, { does: ['pay', 'return'], returned: undefined }],
    ['all of it', { does: ['pay', 'return'] }, { does: ['pay', 'return'], returned: undefined }],
    [
      'all but the shipping',
      { does: ['pay', 'return'], refunded: 1500 },
      {
        does: ['pay', 'return_some'],
        returned: {
          units: order.lines.map(({ productId, quantity }) => ({ productId, quantity })),
          shipping: 0,
          tax: 0,
        },
      },
    ],
    [
      'one of three for 10.00',
      { returnedUnits: units, refunded: 333 },
      { does: ['pay', 'return_some'], returned: { units, shipping: 0, tax: 0 } },
    ],
    [
      'one, and some of the shipping',
      { returnedUnits: units, refunded: 433 },
      { does: ['pay', 'return_some'], returned: { units, shipping: 100, tax: 0 } },
    ],
    ['an amount alone', { refunded: 400 }, 'given back in part, and nobody can tell of what'],
    [
      'a part, without saying which',
      { does: ['return_some'] },
      'given back in part, and nobody can tell of what',
    ],
    [
      'less than its units',
      { returnedUnits: units, refunded: 300 },
      'what was given back differs from the price of what came back',
    ],
    ['more than was paid', { refunded: 1901 }, 'more was given back than was paid'],
    [
      'more than was bought',
      { returnedUnits: [{ productId: 'B', quantity: 2 }] },
      'more came back than was bought',
    ],
    [
      'a cancellation',
      { does: ['pay', 'cancel'], refunded: 1900 },
      { does: ['pay', 'cancel'], returned: undefined },
    ],
    [
      'a cancellation given back in part',
      { does: ['pay', 'cancel'], refunded: 5 },
      'cancelled, but given back in part',
    ],
    [
      'a cancellation after it was shipped',
      { does: ['pay', 'ship', 'cancel'] },
      'cancelled after it was shipped, and not given back',
    ],
  ])('is planned: %s', (_, more, expected) => {
    expect(plan(more)).toEqual(expected);
  });
});
