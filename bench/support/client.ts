import { Agent, request } from 'node:http';

/** A GraphQL client over HTTP with a fixed number of connections that stay open. */
export class BenchClient {
  private readonly agent: Agent;

  constructor(
    private readonly url: string,
    connections: number,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: 'fifo' });
  }

  /** The answer's data. @throws when the answer has errors */
  async ask<T>(query: string, variables: object): Promise<T> {
    const answer = JSON.parse(await this.post(JSON.stringify({ query, variables }))) as {
      data?: T;
      errors?: unknown;
    };
    if (answer.errors !== undefined || answer.data === undefined) throw new Error(JSON.stringify(answer));
    return answer.data;
  }

  close(): void {
    this.agent.destroy();
  }

  private post(body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const sent = request(this.url, { method: 'POST', agent: this.agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve(text));
        response.on('error', reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

const ANSWER = `{
  __typename
  ... on OrderAccepted {
    order { id status revision total { amount currency } customerId } consistencyToken duplicate }
  ... on Failure { code message path }
}`;

export const PLACE_ORDER = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) ${ANSWER} }`;

/** The same answer from a mutation that does nothing. */
export const PING = `mutation ($input: PingInput!) { ping(input: $input) {
  __typename
  ... on Pong { order { id status revision total { amount currency } customerId } consistencyToken duplicate }
} }`;

/** An order of three lines. */
export function orderInput(orderId: string, customer: number) {
  const line = (product: number) => ({
    productId: `p${product}`,
    productName: `Product number ${product}`,
    category: product % 2 === 0 ? 'Kitchen' : 'Garden',
    unitPrice: '12.90',
    quantity: 2,
    discount: '1.00',
  });
  return {
    idempotencyKey: `place-${orderId}`,
    orderId,
    customerId: `c${customer}`,
    country: 'DE',
    region: 'Bayern',
    currency: 'EUR',
    lines: [line(1), line(2), line(3)],
    shipping: '4.90',
    tax: '5.10',
  };
}
