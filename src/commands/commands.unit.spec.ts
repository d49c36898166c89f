import { accepted, codeOf, placeOrderInput } from '../../test/support/commands';
import { InMemoryEventStore } from '../../test/support/in-memory.event-store';
import {
  cancelOrder,
  changeCustomer,
  changeProductPrice,
  createCommandContext,
  deliverOrder,
  issueCreditNote,
  listProduct,
  payOrder,
  placeOrder,
  recategoriseProduct,
  registerCustomer,
  returnItems,
  shipOrder,
} from '.';

const NOW = Date.UTC(2024, 5, 15);

function shop() {
  const store = new InMemoryEventStore();
  return { store, context: createCommandContext({ store, now: () => NOW }) };
}

describe('an order', () => {
  it('is placed, paid, shipped, delivered and partly returned', async () => {
    const { store, context } = shop();
    const step = (idempotencyKey: string) => ({ idempotencyKey, orderId: 'O1' });
    const lines = [{ productId: 'P1', quantity: 1 }];
    const results = [
      accepted(await placeOrder(context, placeOrderInput({ shipping: '4.9' }))),
      accepted(await payOrder(context, { ...step('pay'), amount: '34.90', currency: 'EUR' })),
      accepted(await shipOrder(context, { ...step('ship'), carrier: 'DHL' })),
      accepted(await deliverOrder(context, { ...step('deliver'), expectedRevision: 2 })),
      accepted(await returnItems(context, { ...step('return'), lines, reason: 'Too small' })),
    ];
    const total = { amount: 3490, currency: 'EUR' };
    const order = { id: 'O1', total, customerId: 'C1' };
    expect(results.map(({ state }) => state)).toEqual([
      { ...order, status: 'PLACED', revision: 0 },
      { ...order, status: 'PAID', revision: 1 },
      { ...order, status: 'SHIPPED', revision: 2 },
      { ...order, status: 'DELIVERED', revision: 3 },
      { ...order, status: 'DELIVERED', revision: 4 },
    ]);
    const events = store.streamOf('order-O1');
    expect(results.map(({ position }) => position)).toEqual(events.map(({ position }) => position));
    expect(events.map(({ type }) => type)).toEqual([
      'OrderPlaced',
      'OrderPaid',
      'OrderShipped',
      'OrderDelivered',
      'OrderItemsReturned',
    ]);
    expect(codeOf(await cancelOrder(context, step('cancel')))).toBe('ILLEGAL_TRANSITION');
  });

  it('fills in what a line leaves out', async () => {
    const { store, context } = shop();
    const lines = [{ productId: 'P9', category: '', unitPrice: '0.335', quantity: 3, discount: '0.01' }];
    accepted(await placeOrder(context, placeOrderInput({ customerId: null, lines })));
    expect(store.streamOf('order-O1')[0]?.data).toMatchObject({
      customerId: null,
      lines: [{ productName: 'P9', category: 'Uncategorised', unitPrice: '0.335', gross: 101, discount: 1 }],
      total: 100,
    });
  });

  it('is refused with the path of what is wrong', async () => {
    const { store, context } = shop();
    const refusal = async (fields: object) => {
      const result = await placeOrder(context, placeOrderInput(fields));
      return result.ok ? 'accepted' : `${result.failure.code} ${result.failure.path.join('.')}`;
    };
    const line = { productId: 'P1', unitPrice: '1', quantity: 1 };
    expect(await refusal({ idempotencyKey: '' })).toBe('INVALID_INPUT idempotencyKey');
    expect(await refusal({ idempotencyKey: 'x'.repeat(201) })).toBe('INVALID_INPUT idempotencyKey');
    expect(await refusal({ currency: 'XXX' })).toBe('INVALID_INPUT currency');
    expect(await refusal({ country: '' })).toBe('INVALID_INPUT country');
    expect(await refusal({ lines: [] })).toBe('INVALID_INPUT lines');
    expect(await refusal({ lines: [line, { ...line, unitPrice: '1,0' }] })).toBe(
      'INVALID_INPUT lines.1.unitPrice',
    );
    expect(await refusal({ lines: [{ ...line, discount: '1.001' }] })).toBe('INVALID_INPUT lines.0.discount');
    expect(await refusal({ lines: [{ ...line, quantity: -3 }] })).toBe('INVALID_INPUT lines.0.quantity');
    expect(await refusal({ exchangeRate: '1.00000000001' })).toBe('INVALID_INPUT exchangeRate');
    expect(await refusal({ placedAt: NOW + 3_600_000 })).toBe('INVALID_INPUT placedAt');
    expect(store.log).toEqual([]);
  });

  it('may have ten thousand lines, but not a megabyte of them', async () => {
    const { store, context } = shop();
    const lines = (count: number, category: string) =>
      Array.from({ length: count }, (_, i) => ({
        productId: `P${i}`,
        category,
        unitPrice: '0.10',
        quantity: 1,
      }));
    const result = await placeOrder(context, placeOrderInput({ lines: lines(10_000, 'x'.repeat(100)) }));
    expect(result).toMatchObject({
      ok: false,
      failure: { code: 'PAYLOAD_TOO_LARGE', limitBytes: 1024 * 1024 },
    });
    expect(store.streamOf('order-O1')).toEqual([]);
    const long = accepted(await placeOrder(context, placeOrderInput({ lines: lines(5_000, 'x') })));
    expect(long.state.total.amount).toBe(50_000);
  });
});

describe('a credit note', () => {
  it('is issued once', async () => {
    const { store, context } = shop();
    const input = {
      idempotencyKey: 'k',
      creditNoteId: 'N1',
      country: 'FR',
      currency: 'USD',
      exchangeRate: '1.00',
      lines: [{ productId: 'P1', unitPrice: '2.50', quantity: 2 }],
    };
    const { state } = accepted(await issueCreditNote(context, input));
    expect(state).toEqual({
      id: 'N1',
      revision: 0,
      total: { amount: 500, currency: 'USD' },
      customerId: null,
    });
    expect(codeOf(await issueCreditNote(context, { ...input, idempotencyKey: 'k2' }))).toBe('ALREADY_EXISTS');
    expect(store.log.map(({ stream, type }) => `${stream} ${type}`)).toEqual([
      'store StoreConfigured',
      'creditnote-N1 CreditNoteIssued',
    ]);
  });
});

describe('a customer', () => {
  it('is registered and changed', async () => {
    const { store, context } = shop();
    const customer = { customerId: 'C1', name: 'Ada', email: 'ada@example.com', country: 'GB' };
    accepted(await registerCustomer(context, { idempotencyKey: 'r', ...customer }));
    const change = { idempotencyKey: 'c', customerId: 'C1', email: null, country: 'IE' };
    const { state, revision } = accepted(await changeCustomer(context, change));
    expect(state).toEqual({ id: 'C1', revision: 1, name: 'Ada', email: null, country: 'IE', region: null });
    expect(store.streamOf('customer-C1')[1]?.data).toEqual({ customerId: 'C1', email: null, country: 'IE' });

    const same = accepted(await changeCustomer(context, { ...change, idempotencyKey: 'again' }));
    expect(same).toMatchObject({ revision: revision + 1, duplicate: false });
    expect(store.streamOf('customer-C1')[2]).toMatchObject({
      type: 'CustomerUnchanged',
      data: { customerId: 'C1' },
    });
    expect(codeOf(await changeCustomer(context, { idempotencyKey: 'n', customerId: 'C1' }))).toBe(
      'INVALID_INPUT',
    );
    expect(codeOf(await changeCustomer(context, { ...change, customerId: 'C2' }))).toBe('NOT_FOUND');
  });
});

describe('a product', () => {
  it('is listed, priced anew and moved', async () => {
    const { context } = shop();
    const product = { productId: 'P1', name: 'Mug', price: '4.5', currency: 'EUR' };
    accepted(await listProduct(context, { idempotencyKey: 'l', ...product }));
    const price = { idempotencyKey: 'p', productId: 'P1', price: '4.2000', expectedRevision: 0 };
    accepted(await changeProductPrice(context, price));
    const { state } = accepted(
      await recategoriseProduct(context, { idempotencyKey: 'm', productId: 'P1', category: 'Gifts' }),
    );
    expect(state).toEqual({
      id: 'P1',
      revision: 2,
      name: 'Mug',
      category: 'Gifts',
      price: '4.20',
      currency: 'EUR',
    });
    expect(codeOf(await changeProductPrice(context, { ...price, idempotencyKey: 'q' }))).toBe(
      'VERSION_CONFLICT',
    );
  });
});
