import type { Json, TestApi } from './api';

/** What of an order matters to a spec; the rest is a guest's book for 10.00 EUR from Germany. */
export interface Sale {
  customerId?: string | null;
  price?: string;
  category?: string;
  currency?: string;
  /** RFC 3339 */
  at?: string;
}

/** Writes to a shop through its API. Each method answers the consistency token of the write. */
export class Shop {
  constructor(private readonly api: Pick<TestApi, 'ask'>) {}

  place(orderId: string, sale: Sale = {}): Promise<string> {
    const { customerId = null, price = '10.00', category = 'Books', currency = 'EUR', at } = sale;
    return this.send('placeOrder', 'PlaceOrderInput', {
      idempotencyKey: `place ${orderId}`,
      orderId,
      customerId,
      country: 'DE',
      currency,
      placedAt: at,
      lines: [{ productId: category, category, unitPrice: price, quantity: 1 }],
    });
  }

  pay(orderId: string): Promise<string> {
    return this.send('payOrder', 'PayOrderInput', { idempotencyKey: `pay ${orderId}`, orderId });
  }

  ship(orderId: string): Promise<string> {
    return this.send('shipOrder', 'ShipOrderInput', { idempotencyKey: `ship ${orderId}`, orderId });
  }

  cancel(orderId: string): Promise<string> {
    return this.send('cancelOrder', 'CancelOrderInput', { idempotencyKey: `cancel ${orderId}`, orderId });
  }

  private async send(mutation: string, type: string, input: object): Promise<string> {
    const query = `mutation($input: ${type}!) { ${mutation}(input: $input) {
      ... on OrderAccepted { consistencyToken } ... on Failure { code message path } } }`;
    const answer: Json = (await this.api.ask(query, { input }))[mutation];
    if (answer.code) throw new Error(JSON.stringify(answer));
    return answer.consistencyToken;
  }
}
