import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseToken } from '../../src/projections/progress/consistency-token';
import { EventStoreDbDouble } from '../support/eventstoredb/double';
import { readTopics, type TopicRecord } from '../support/kafka/read-topic';
import { describeKafka } from '../support/kafka/suite';
import { descendantsOf, type RunningStack, runStack, startStack, stillRunning } from '../support/stack';
import { until } from '../support/until';

jest.setTimeout(180_000);

const PLACE = `mutation {
  placeOrder(input: {
    idempotencyKey: "k-1", orderId: "A-1", customerId: "ada", country: "United Kingdom", currency: "GBP",
    lines: [{
      productId: "mug", productName: "Blue mug", category: "Kitchen", unitPrice: "7.50", quantity: 2 }],
    shipping: "3.95", tax: "0.00" }) {
    __typename
    ... on OrderAccepted { consistencyToken duplicate }
    ... on Failure { code message } } }`;

const revenue = (token: string) => `{
  categoryRevenue(currency: "GBP", consistency: { token: "${token}", timeoutMs: 20000 }) {
    rows { category net units } } }`;

interface Answer {
  data: {
    placeOrder: { __typename: string; consistencyToken: string; duplicate: boolean };
    categoryRevenue: { rows: unknown[] };
  };
}

async function ask({ url }: RunningStack, query: string): Promise<Answer['data']> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return ((await response.json()) as Answer).data;
}

/** The events of the order in topic `orders`. */
async function ordersIn({ broker }: RunningStack): Promise<TopicRecord[]> {
  const kafka = { brokers: [broker], topicPrefix: '', ssl: false, clientId: 'spec' };
  return (await readTopics(kafka)).filter(({ topic, key }) => topic === 'orders' && key === 'order-A-1');
}

describeKafka(
  'npm run stack',
  () => {
    let folder: string;
    let stack: RunningStack;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'tidemark-stack-'));
    });
    afterAll(async () => {
      if (stack?.process.exitCode === null) await stack.end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    });
    const dataDir = () => join(folder, 'data');

    it('carries an order into Kafka and into the read models, and ends all of it at Ctrl-C', async () => {
      stack = await startStack(dataDir());
      const { placeOrder } = await ask(stack, PLACE);
      expect(placeOrder).toMatchObject({ __typename: 'OrderAccepted', duplicate: false });
      const { categoryRevenue } = await ask(stack, revenue(placeOrder.consistencyToken));
      expect(categoryRevenue.rows).toEqual([{ category: 'Kitchen', net: '15.00', units: 2 }]);
      await until(async () => (await ordersIn(stack)).length > 0);
      const [record] = await ordersIn(stack);
      expect(record?.said).toMatchObject({
        kind: 'event',
        event: { type: 'OrderPlaced', stream: 'order-A-1' },
      });

      const second = await runStack(['--data-dir', dataDir(), '--kafka-port', '0']);
      expect(second).toEqual({
        exitCode: 1,
        output: expect.stringMatching(/another `tidemark stack`.*already/),
      });

      const running = await descendantsOf(stack.process.pid ?? 0);
      for (const part of [
        /--roles bridge/,
        /--roles projector/,
        /--roles api/,
        /kafka\.Kafka/,
        /postgres -D/,
      ])
        expect(running.filter(({ command }) => part.test(command))).not.toEqual([]);
      const { exitCode, output } = await stack.end('SIGINT');
      expect({ exitCode, output }).toEqual({
        exitCode: 0,
        output: expect.stringContaining('SIGINT: stopping'),
      });
      expect(await stillRunning(running)).toEqual([]);
    });

    it('goes on with what it had, and when one part dies it says which and ends the rest', async () => {
      stack = await startStack(dataDir());
      const { placeOrder } = await ask(stack, PLACE);
      expect(placeOrder).toMatchObject({ __typename: 'OrderAccepted', duplicate: true });
      expect(await ordersIn(stack)).toHaveLength(1);

      const running = await descendantsOf(stack.process.pid ?? 0);
      const projector = running.find(
        ({ command }) => !/^sh /.test(command) && /--roles projector$/.test(command),
      );
      process.kill(projector?.pid ?? 0, 'SIGKILL');
      expect(await stack.ended).toEqual({
        exitCode: 1,
        output: expect.stringContaining('The projector ended by itself (signal 9): stopping the rest'),
      });
      expect(await stillRunning(running)).toEqual([]);
    });

    it('carries what is in the EventStoreDB of EVENT_STORE_URL', async () => {
      const eventStore = await EventStoreDbDouble.start();
      try {
        stack = await startStack(join(folder, 'eventstoredb'), { EVENT_STORE_URL: eventStore.url });
        const { placeOrder } = await ask(stack, PLACE);
        const { categoryRevenue } = await ask(stack, revenue(placeOrder.consistencyToken));
        expect(categoryRevenue.rows).toEqual([{ category: 'Kitchen', net: '15.00', units: 2 }]);
        await until(async () => (await ordersIn(stack)).length > 0);
        const [record] = await ordersIn(stack);
        const { position } = parseToken(placeOrder.consistencyToken) ?? {};
        expect(record?.said).toMatchObject({ event: { position } });
        expect((await eventStore.census()).append).toBeGreaterThan(0);
        expect((await stack.end('SIGTERM')).exitCode).toBe(0);
      } finally {
        await eventStore.stop();
      }
    });

    it('says that the port of Kafka is taken, and leaves nothing running', async () => {
      const taken = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => taken.once('listening', resolve));
      const { port } = taken.address() as { port: number };
      const outcome = await runStack(['--data-dir', dataDir(), '--kafka-port', String(port)]);
      taken.close();
      expect(outcome).toEqual({
        exitCode: 1,
        output: expect.stringContaining(
          `Kafka cannot listen on port ${port} (EADDRINUSE). Choose another with --kafka-port`,
        ),
      });
      expect(existsSync(join(dataDir(), 'postgres/data/postmaster.pid'))).toBe(false);
    });
  },
  { needsJars: true },
);
