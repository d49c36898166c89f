import { Agent, request } from 'node:http';
import { readLog } from './support/census';
import { ROUND_TIMEOUT_MS, randomPoints, rounds, tell } from './support/rounds';
import { Sandbox } from './support/sandbox';

const CLIENTS = 32;
const MOST_ANSWERS = 600;

interface Outcome {
  orderId: string;
  /** of HTTP, or the code of the connection's error */
  status: number | string;
  closes: boolean;
}

/** A client with one connection, which it keeps open as long as the server lets it. */
function keepAliveClient(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const place = (orderId: string): Promise<Outcome> =>
    new Promise((resolve) => {
      const query = `mutation { placeOrder(input: {
        idempotencyKey: "${orderId}", orderId: "${orderId}", country: "DE", currency: "EUR",
        lines: [{ productId: "p", unitPrice: "1", quantity: 1 }] }) { __typename } }`;
      const options = { agent, method: 'POST', headers: { 'content-type': 'application/json' } };
      const sent = request(`${url}/graphql`, options, (response) => {
        const { statusCode = 0, headers } = response;
        response.on('error', (error: NodeJS.ErrnoException) =>
          resolve({ orderId, status: String(error.code), closes: true }),
        );
        response
          .resume()
          .on('end', () => resolve({ orderId, status: statusCode, closes: headers.connection === 'close' }));
      });
      sent.on('error', (error: NodeJS.ErrnoException) =>
        resolve({ orderId, status: error.code ?? error.message, closes: true }),
      );
      sent.end(JSON.stringify({ query }));
    });
  return { place, end: () => agent.destroy() };
}

describe('a server that gets SIGTERM under load', () => {
  let empty: Sandbox;
  beforeAll(async () => {
    empty = await Sandbox.create();
  }, ROUND_TIMEOUT_MS);
  afterAll(() => empty.remove());

  it.each(rounds)(
    `round $round: resets none of ${CLIENTS} clients, and has kept exactly what it acknowledged`,
    async () => {
      const sandbox = await Sandbox.create(empty);
      try {
        const server = sandbox.start('start');
        const url = await server.url;
        const outcomes: Outcome[] = [];
        const stopAfter = CLIENTS + (randomPoints(1, MOST_ANSWERS)[0] ?? 0);
        const client = async (_: unknown, number: number) => {
          const { place, end } = keepAliveClient(url);
          for (let i = 0; ; i++) {
            const outcome = await place(`c${number}-${i}`);
            outcomes.push(outcome);
            if (outcomes.length === stopAfter) server.process.kill('SIGTERM');
            // The first clients that are refused retry at once, until nobody listens.
            if (outcome.status !== 200 && (number % 2 === 0 || outcome.status !== 503)) break;
          }
          end();
        };
        await Promise.all(Array.from({ length: CLIENTS }, client));
        expect((await server.ended).exitCode).toBe(0);

        const statuses = new Set(outcomes.map(({ status }) => status));
        expect([...statuses].filter((status) => ![200, 503, 'ECONNREFUSED'].includes(status))).toEqual([]);
        expect(outcomes.filter(({ status, closes }) => status === 503 && !closes)).toEqual([]);

        const kept = (await readLog(sandbox)).map(({ stream }) => stream);
        const acknowledged = outcomes.filter(({ status }) => status === 200);
        const lost = acknowledged.filter(({ orderId }) => !kept.includes(`order-${orderId}`));
        const refused = outcomes.filter(({ status }) => status !== 200);
        const doneNevertheless = refused.filter(({ orderId }) => kept.includes(`order-${orderId}`));
        tell({ fault: 'SIGTERM under 32 keep-alive clients', lost: lost.length, doubled: 0 });
        expect({ lost, doneNevertheless }).toEqual({ lost: [], doneNevertheless: [] });
      } finally {
        await sandbox.remove();
      }
    },
    ROUND_TIMEOUT_MS,
  );
});
