import type { Rebuilt } from '../../src/projections/replay';
import { census, expectWholeLog, readLog } from './support/census';
import { ROUND_TIMEOUT_MS, randomPoints, rounds, tell } from './support/rounds';
import { Sandbox } from './support/sandbox';

const WRITERS = 40;
const MOST_EVENTS = 1_500;
const EVENTS = 'SELECT max(position) FROM tidemark.events';

const ACCEPTED = `{
  __typename
  ... on OrderAccepted { order { id status revision } consistencyToken duplicate }
  ... on Failure { code message }
}`;
const PLACE = `mutation ($input: PlaceOrderInput!) { answer: placeOrder(input: $input) ${ACCEPTED} }`;
const PAY = `mutation ($input: PayOrderInput!) { answer: payOrder(input: $input) ${ACCEPTED} }`;

interface Answer {
  __typename: string;
  order: { id: string; status: string; revision: number };
  consistencyToken: string;
  duplicate: boolean;
}

/** A request of a writer: what was asked, and what came back, if anything did. */
interface Request {
  event: string;
  query: string;
  input: object;
  answer?: Answer;
}

describe('a server that is killed while orders come in', () => {
  let empty: Sandbox;
  beforeAll(async () => {
    empty = await Sandbox.create();
  }, ROUND_TIMEOUT_MS);
  afterAll(() => empty.remove());

  it.each(rounds)(
    'round $round: keeps what it acknowledged, once, after kill -9 of $victims',
    async ({ database }) => {
      const sandbox = await Sandbox.create(empty);
      try {
        const first = sandbox.start('start');
        const requests = await writeUntilKilled(await first.url, async () => {
          await sandbox.until(first, EVENTS, WRITERS + (randomPoints(1, MOST_EVENTS)[0] ?? 0));
          await sandbox.kill(first, { database });
        });
        const acknowledged = requests.filter(({ answer }) => answer);
        expect(acknowledged.length).toBeGreaterThan(0);

        const before = await readLog(sandbox);
        expectWholeLog(before);
        const all = new Set(requests.map(({ event }) => event));
        const names = before.map(({ stream, type }) => `${stream} ${type}`);
        const lostAcknowledged = acknowledged.filter(({ event }) => !names.includes(event));
        const { doubled } = census(before, all);

        const second = sandbox.start('start');
        const url = await second.url;
        for (const request of requests) await expectSameAnswer(url, request, names);
        const { projections } = await sandbox.json<{ projections: Rebuilt[] }>(
          'replay',
          '--all',
          '--verify',
          '--json',
        );
        expect(projections.map(({ comparison }) => comparison?.equal)).toEqual(projections.map(() => true));
        second.process.kill('SIGTERM');
        expect((await second.ended).exitCode).toBe(0);

        const after = await readLog(sandbox);
        expectWholeLog(after);
        const final = census(after, all);
        tell({
          fault: 'kill -9 of a server under mutation load',
          lost: lostAcknowledged.length + final.lost.length,
          doubled: doubled.length + final.doubled.length,
        });
        expect({ lostAcknowledged, doubledBefore: doubled, ...final }).toEqual({
          lostAcknowledged: [],
          doubledBefore: [],
          lost: [],
          doubled: [],
        });
      } finally {
        await sandbox.remove();
      }
    },
    ROUND_TIMEOUT_MS,
  );
});

/** Writers that place orders and pay them, one request each at a time, until the server is gone. */
async function writeUntilKilled(url: string, kill: () => Promise<void>): Promise<Request[]> {
  const requests: Request[] = [];
  let orders = 0;
  const writer = async () => {
    for (;;) {
      const orderId = `o${orders++}`;
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
      }
    }
  };
  const writers = Array.from({ length: WRITERS }, writer);
  await kill();
  await Promise.all(writers);
  return requests;
}

/** Sent again with the same key, a request has the answer it had, and is a duplicate exactly if the log had it. */
async function expectSameAnswer(url: string, request: Request, logged: readonly string[]): Promise<void> {
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
