import { createTestDatabase, type TestDatabase } from '../../test/support/database';
import { freshTopics, startKafka, type TestKafka } from '../../test/support/kafka/broker';
import { describeKafka } from '../../test/support/kafka/suite';
import { type RunningProgram, runProgram, startProgram } from '../../test/support/program';
import { until } from '../../test/support/until';
import type { BridgeStatus } from '../bridge/status';
import { migrate } from '../postgres/migrate';
import { migrationFolders } from '../runtime/migrations';

jest.setTimeout(180_000);

const REGISTER = `mutation {
  registerCustomer(input: { idempotencyKey: "k1", customerId: "c1", name: "Zoë" }) { __typename }
}`;

describeKafka('tidemark with Kafka', () => {
  let broker: TestKafka;
  let database: TestDatabase;
  let env: Record<string, string>;
  let program: RunningProgram | undefined;
  beforeAll(async () => {
    broker = await startKafka();
    database = await createTestDatabase();
    await migrate(database.pool, migrationFolders);
    env = {
      DATABASE_URL: database.url,
      KAFKA_BROKERS: broker.brokers.join(','),
      KAFKA_TOPIC_PREFIX: freshTopics(broker, 'program').topicPrefix,
      KAFKA_PARTITIONS: '2',
    };
  });
  afterAll(async () => {
    await program?.end('SIGKILL');
    await database.drop();
    await broker.stop();
  });

  const status = async () =>
    JSON.parse((await runProgram(['bridge', 'status', '--json'], env)).stdout) as BridgeStatus;

  it('has no topics before its first start, and says so', async () => {
    expect(await status()).toMatchObject({ holder: null, head: null, partitions: [] });
    const { stdout, exitCode } = await runProgram(['bridge', 'status'], env);
    expect({ stdout, exitCode }).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(/none is running[\s\S]*no events yet[\s\S]*no topics yet/),
    });
  });

  it('carries events to Kafka once started, tells how far it is, and lets go of it at the end', async () => {
    program = await startProgram(env);
    const answer = await fetch(program.at('/graphql'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: REGISTER }),
    });
    expect(((await answer.json()) as { errors?: unknown }).errors).toBeUndefined();
    let found = await status();
    await until(async () => {
      found = await status();
      const isThere =
        found.partitions.length === 6 && found.partitions.every(({ lagEvents }) => lagEvents === 0);
      return isThere && found.state === 'publishing';
    });
    // The bridge runs in a process of its own.
    expect(found).toMatchObject({ state: 'publishing', holder: expect.stringMatching(/:\d+$/) });
    const { stdout } = await runProgram(['bridge', 'status'], env);
    expect(stdout).toMatch(/publishing, epoch \d+/);
    expect(stdout).toContain(`${env.KAFKA_TOPIC_PREFIX}catalogue`);
    expect((await program.end()).exitCode).toBe(0);
    expect((await status()).holder).toBeNull();
  });
});
