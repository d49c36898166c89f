import type { Json, TestApi } from './api';

/** What of an order matters to a spec; the rest is a guest's book for 10.00 EUR from Germany. */
export interface Sale {
  customerId?: string | null;
  price?: string;
  category?: string;
  currency?: string;
  exchangeRate?: string;
  /** RFC 3339 */
  at?: string;
}

interface When {
  /** RFC 3339 */
  at?: string;
  reason?: string;
}

/** Writes to a shop through its API. Each method answers the consistency token of the write. */
export class Shop {
  /** of the last write that was answered */
  token = '';

  constructor(private readonly api: Pick<TestApi, 'ask'>) {}

  /** An order of one unit of a product that is called like its category. */
  place(orderId: string, sale: Sale = {}): Promise<string> {
    const {
      customerId = null,
      price = '10.00',
      category = 'Books',
      currency = 'EUR',
      at,
      exchangeRate,
    } = sale;
    return this.send('placeOrder', {
      idempotencyKey: `place ${orderId}`,
      orderId,
      customerId,
      country: 'DE',
      currency,
      exchangeRate,
      placedAt: at,
      lines: [{ productId: category, category, unitPrice: price, quantity: 1 }],
    });
  }

  /**
   * An order in euros with lines of its own, by a guest unless `customerId` says whose. Waits for every read
   * model.
   */
  async placeLines(
    orderId: string,
    lines: readonly object[],
    { customerId }: Pick<Sale, 'customerId'> = {},
  ): Promise<void> {
    const idempotencyKey = `place ${orderId}`;
    const token = await this.send('placeOrder', {
      idempotencyKey,
      orderId,
      customerId,
      country: 'DE',
      currency: 'EUR',
      lines,
    });
    await this.api.ask(`{ projections(consistency: { token: "${token}" }) { name } }`);
  }

  pay(orderId: string): Promise<string> {
    return this.send('payOrder', { idempotencyKey: `pay ${orderId}`, orderId });
  }

  ship(orderId: string): Promise<string> {
    return this.send('shipOrder', { idempotencyKey: `ship ${orderId}`, orderId });
  }

  cancel(orderId: string, { at, reason }: When = {}): Promise<string> {
    return this.send('cancelOrder', {
      idempotencyKey: `cancel ${orderId}`,
      orderId,
      occurredAt: at,
      reason,
    });
  }

  returnOne(orderId: string, productId: string, { at, reason }: When = {}): Promise<string> {
    return this.send('returnItems', {
      idempotencyKey: `return ${orderId}`,
      orderId,
      occurredAt: at,
      reason,
      lines: [{ productId, quantity: 1 }],
    });
  }

  registerCustomer(customerId: string, name: string, country: string): Promise<string> {
    return this.send('registerCustomer', { idempotencyKey: 'register', customerId, name, country });
  }

  listProduct(productId: string, name: string, category: string, price: string): Promise<string> {
    const product = { productId, name, category, price, currency: 'EUR' };
    return this.send('listProduct', { idempotencyKey: 'list', ...product });
  }

  /** @throws when the command is refused */
  private async send(mutation: string, input: object): Promise<string> {
    const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
    const subject = ['Customer', 'Product'].find((name) => mutation.endsWith(name)) ?? 'Order';
    const query = `mutation($input: ${type}!) { ${mutation}(input: $input) {
      ... on ${subject}Accepted { consistencyToken } ... on Failure { code message path } } }`;
    const answer: Json = (await this.api.ask(query, { input }))[mutation];
    if (answer.code) throw new Error(JSON.stringify(answer));
    if (answer.consistencyToken > this.token) this.token = answer.consistencyToken;
    return answer.consistencyToken;
  }
}
