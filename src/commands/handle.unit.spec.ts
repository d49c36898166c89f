import { accepted, codeOf, placeOrderInput } from '../../test/support/commands';
import { InMemoryEventStore } from '../../test/support/in-memory.event-store';
import { StoreUnavailableError, WrongExpectedRevisionError } from '../event-store/errors';
import type { AppendResult, ExpectedRevision, NewEvent } from '../event-store/event-store';
import { createCommandContext, payOrder, placeOrder, registerCustomer, returnItems } from '.';

/** A store whose appends can be made to go wrong. */
class UnreliableStore extends InMemoryEventStore {
  /** Runs instead of an append while there are any; `write` is the real one. */
  readonly accidents: ((write: () => Promise<AppendResult>) => Promise<AppendResult>)[] = [];
  readonly appends: { expected: ExpectedRevision; ids: string[] }[] = [];

  override async append(
    stream: string,
    expected: ExpectedRevision,
    events: NewEvent[],
  ): Promise<AppendResult> {
    this.appends.push({ expected, ids: events.map(({ id }) => id) });
    const write = () => super.append(stream, expected, events);
    return (this.accidents.shift() ?? ((inner) => inner()))(write);
  }
}

async function shopWithOrder() {
  const store = new UnreliableStore();
  const context = createCommandContext({ store });
  accepted(await placeOrder(context, placeOrderInput()));
  store.appends.length = 0;
  return { store, context };
}

const pay = { idempotencyKey: 'pay', orderId: 'O1' };
const back = (idempotencyKey: string, quantity = 1) => ({
  idempotencyKey,
  orderId: 'O1',
  lines: [{ productId: 'P1', quantity }],
});

describe('the same command again', () => {
  it('gives the first result, also after others', async () => {
    const { store, context } = await shopWithOrder();
    const first = accepted(await payOrder(context, pay));
    accepted(await returnItems(context, back('r')));
    expect(accepted(await payOrder(context, pay))).toEqual({ ...first, duplicate: true });
    expect(first).toMatchObject({ duplicate: false, revision: 1, state: { status: 'PAID', revision: 1 } });
    const placed = accepted(await placeOrder(context, placeOrderInput()));
    expect(placed).toMatchObject({ duplicate: true, revision: 0, state: { status: 'PLACED', revision: 0 } });
    expect(store.streamOf('order-O1')).toHaveLength(3);
  });

  it('is the same in another notation and with another expectation', async () => {
    const { context } = await shopWithOrder();
    const line = {
      productId: 'P1',
      productName: 'Mug',
      category: 'Kitchen',
      unitPrice: '10.00',
      quantity: 3,
    };
    const again = placeOrderInput({ lines: [{ ...line, discount: '0.00' }], shipping: '0', region: '' });
    expect(accepted(await placeOrder(context, again)).duplicate).toBe(true);
    accepted(await payOrder(context, { ...pay, expectedRevision: 0 }));
    expect(accepted(await payOrder(context, { ...pay, expectedRevision: 7 })).duplicate).toBe(true);
  });

  it('is refused when it asks for something else', async () => {
    const { store, context } = await shopWithOrder();
    accepted(await returnItems(context, back('k')));
    const refused = [
      await returnItems(context, back('k', 2)),
      await payOrder(context, { ...pay, idempotencyKey: 'k' }),
      await placeOrder(context, placeOrderInput({}, 4)),
    ];
    expect(refused.map(codeOf)).toEqual(Array(3).fill('IDEMPOTENCY_KEY_REUSED'));
    expect(store.streamOf('order-O1')).toHaveLength(2);
  });

  it('is another command in another stream', async () => {
    const { context } = await shopWithOrder();
    const other = accepted(await placeOrder(context, placeOrderInput({ orderId: 'O2' })));
    expect(other.duplicate).toBe(false);
  });

  it('may succeed after a refusal: only what happened is remembered', async () => {
    const { context } = await shopWithOrder();
    expect(codeOf(await returnItems(context, back('k', 4)))).toBe('RETURN_EXCEEDS_PURCHASE');
    expect(codeOf(await returnItems(context, back('k', 3)))).toBe('OK');
  });
});

describe('an append whose outcome is unknown', () => {
  const lostAnswer = async (write: () => Promise<AppendResult>) => {
    await write();
    throw new StoreUnavailableError('The connection broke');
  };
  const notReached = async (): Promise<AppendResult> => {
    throw new StoreUnavailableError('Nobody there');
  };

  it('is sent again with the same ids and the same expectation', async () => {
    const { store, context } = await shopWithOrder();
    store.accidents.push(notReached, lostAnswer);
    expect(accepted(await payOrder(context, pay))).toMatchObject({ revision: 1, duplicate: false });
    expect(store.streamOf('order-O1')).toHaveLength(2);
    expect(store.appends).toHaveLength(3);
    expect(new Set(store.appends.map((append) => JSON.stringify(append))).size).toBe(1);
  });

  it('is thrown when the store stays away, and settled by the client’s own retry', async () => {
    const { store, context } = await shopWithOrder();
    store.accidents.push(lostAnswer, notReached, notReached, notReached, notReached);
    await expect(payOrder(context, pay)).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(accepted(await payOrder(context, pay))).toMatchObject({ revision: 1, duplicate: true });
    expect(store.streamOf('order-O1')).toHaveLength(2);
  });
});

describe('a lost race', () => {
  it('is decided again on what won it', async () => {
    const { store, context } = await shopWithOrder();
    const rival = createCommandContext({ store });
    store.accidents.push(async (write) => {
      accepted(await returnItems(rival, back('rival', 2)));
      return write();
    });
    const result = await returnItems(context, back('mine', 2));
    const refusal = { code: 'RETURN_EXCEEDS_PURCHASE', alreadyReturned: 2, requested: 2 };
    expect(result).toMatchObject({ ok: false, failure: refusal });
    expect(accepted(await returnItems(context, back('mine', 1))).revision).toBe(2);
  });

  it('is a conflict for who expected a revision', async () => {
    const { store, context } = await shopWithOrder();
    const rival = createCommandContext({ store });
    store.accidents.push(async (write) => {
      accepted(await returnItems(rival, back('rival')));
      return write();
    });
    const result = await payOrder(context, { ...pay, expectedRevision: 0 });
    const conflict = { code: 'VERSION_CONFLICT', expectedRevision: 0, currentRevision: 1 };
    expect(result).toMatchObject({ ok: false, failure: conflict });
  });

  it('against the very same request is that request’s result', async () => {
    const { store, context } = await shopWithOrder();
    const rival = createCommandContext({ store });
    store.accidents.push(async (write) => {
      accepted(await payOrder(rival, pay));
      accepted(await returnItems(rival, back('more')));
      return write();
    });
    expect(accepted(await payOrder(context, pay))).toMatchObject({ revision: 1, state: { status: 'PAID' } });
    expect(store.streamOf('order-O1')).toHaveLength(3);
  });

  it('is given up in the end', async () => {
    const { store, context } = await shopWithOrder();
    const lose = async (): Promise<AppendResult> => {
      throw new WrongExpectedRevisionError('order-O1', 0, 1);
    };
    store.accidents.push(...Array(101).fill(lose));
    await expect(payOrder(context, pay)).rejects.toBeInstanceOf(WrongExpectedRevisionError);
  });
});

describe('expectedRevision', () => {
  it('must be the stream’s own', async () => {
    const { context } = await shopWithOrder();
    const result = await payOrder(context, { ...pay, expectedRevision: 3 });
    expect(result).toMatchObject({ ok: false, failure: { code: 'VERSION_CONFLICT', currentRevision: 0 } });
    const nowhere = await payOrder(context, { ...pay, orderId: 'O2', expectedRevision: 3 });
    expect(nowhere).toMatchObject({
      ok: false,
      failure: { code: 'VERSION_CONFLICT', currentRevision: null },
    });
    expect(codeOf(await payOrder(context, { ...pay, orderId: 'O2' }))).toBe('NOT_FOUND');
    expect(codeOf(await payOrder(context, { ...pay, expectedRevision: 0 }))).toBe('OK');
  });
});

describe('the metadata of an event', () => {
  it('says who asked and what it belongs to', async () => {
    const { store, context } = await shopWithOrder();
    await payOrder(context, pay, { correlationId: 'flow', causationId: 'message', actor: 'till' });
    expect(store.streamOf('order-O1')[1]?.metadata).toEqual({
      schemaVersion: 1,
      correlationId: 'flow',
      causationId: 'message',
      actor: 'till',
      idempotencyKey: 'pay',
      inputDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('names the request itself where nothing is said', async () => {
    const { store, context } = await shopWithOrder();
    accepted(await registerCustomer(context, { idempotencyKey: 'k', customerId: 'C1', name: 'Ada' }));
    const { correlationId, causationId } = store.streamOf('customer-C1')[0]?.metadata ?? {};
    expect(correlationId).toMatch(/^[0-9a-f-]{36}$/);
    expect(causationId).toBe(correlationId);
  });
});
