/** how many write at once */
export const WRITERS = 40;

const ACCEPTED = `{
  __typename
  ... on OrderAccepted { order { id status revision } consistencyToken duplicate }
  ... on Failure { code message }
}`;
const PLACE = `mutation ($input: PlaceOrderInput!) { answer: placeOrder(input: $input) ${ACCEPTED} }`;
const PAY = `mutation ($input: PayOrderInput!) { answer: payOrder(input: $input) ${ACCEPTED} }`;

export interface Answer {
  __typename: string;
  order: { id: string; status: string; revision: number };
  consistencyToken: string;
  duplicate: boolean;
}

/** A request of a writer, and its answer where one came. */
export interface Request {
  event: string;
  query: string;
  input: object;
  answer?: Answer;
}

/**
 * Writers that place orders and pay them, one request each at a time, until the server is gone, or `kill` has
 * ended.
 * @param idPrefix begins the ids of the orders
 */
export async function writeUntilKilled(
  url: string,
  kill: () => Promise<void>,
  idPrefix = 'o',
): Promise<Request[]> {
  const requests: Request[] = [];
  let orders = 0;
  let isOver = false;
  let tellAnswered = () => {};
  const answered = new Promise<void>((resolve) => {
    tellAnswered = resolve;
  });
  const writer = async () => {
    while (!isOver) {
      const orderId = `${idPrefix}${orders++}`;
      const steps: Request[] = [
        { event: `order-${orderId} OrderPlaced`, query: PLACE, input: orderInput(orderId) },
        {
          event: `order-${orderId} OrderPaid`,
          query: PAY,
          input: { idempotencyKey: `pay ${orderId}`, orderId },
        },
      ];
      for (const request of steps) {
        requests.push(request);
        request.answer = await send(url, request).catch(() => undefined);
        if (!request.answer) return;
        tellAnswered();
      }
    }
  };
  const writing = Promise.all(Array.from({ length: WRITERS }, writer));
  // A server that has answered nothing cannot have lost anything.
  await Promise.race([answered, writing]);
  await kill();
  isOver = true;
  await writing;
  return requests;
}

/**
 * A request that is sent again with its key has the same answer, and is a duplicate exactly if the log had
 * it.
 */
export async function expectSameAnswer(
  url: string,
  request: Request,
  logged: readonly string[],
): Promise<void> {
  const again = await send(url, request);
  expect(again).toMatchObject({ __typename: 'OrderAccepted', duplicate: logged.includes(request.event) });
  if (request.answer) expect({ ...again, duplicate: false }).toEqual({ ...request.answer, duplicate: false });
}

async function send(url: string, { query, input }: Request): Promise<Answer> {
  const response = await fetch(new URL('/graphql', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { input } }),
  });
  const { data, errors } = (await response.json()) as { data?: { answer: Answer }; errors?: unknown };
  if (!data) throw new Error(JSON.stringify(errors));
  return data.answer;
}

function orderInput(orderId: string) {
  return {
    idempotencyKey: `place ${orderId}`,
    orderId,
    customerId: `c${orderId.length}`,
    country: 'DE',
    currency: 'EUR',
    lines: [{ productId: 'p1', productName: 'Mug', category: 'Kitchen', unitPrice: '12.90', quantity: 2 }],
  };
}
