import pino from 'pino';
import { type OwnBroker, startOwnBroker } from '../../test/support/kafka/broker';
import { describeKafka } from '../../test/support/kafka/suite';
import { openKafka } from './connection';
import { type KafkaOptions, SASL_MECHANISMS } from './kafka-options';
import { toTick } from './record';

const USER = { username: 'tidemark', password: 'hunter2' };
const SILENT = pino({ level: 'silent' });

async function topicsOf(options: KafkaOptions): Promise<string[]> {
  const connection = await openKafka(options, SILENT);
  try {
    return await connection.admin.listTopics();
  } finally {
    await connection.close();
  }
}

describeKafka(
  'a broker with TLS and passwords',
  () => {
    let broker: OwnBroker;
    let options: KafkaOptions;
    beforeAll(async () => {
      broker = await startOwnBroker({ sasl: USER, ssl: true });
      const ssl = { ca: broker.ca as string };
      options = { brokers: broker.brokers, topicPrefix: '', ssl, clientId: 'security specs' };
    }, 120_000);
    afterAll(() => broker.stop());

    it.each(SASL_MECHANISMS)('is written to and read with %s', async (mechanism) => {
      const connection = await openKafka({ ...options, sasl: { mechanism, ...USER } }, SILENT);
      try {
        const topic = `topic-${mechanism}`;
        const { admin, partitions: client } = connection;
        await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
        await client.watch([topic]);
        const producer = { id: '4711', epoch: 0 };
        const records = [toTick('1', 0, 'urn:x', 1)];
        await client.produce(producer, [{ topic, partition: 0, firstSequence: 0, records }]);
        const [record] = await client.fetch(topic, 0, 0n);
        expect(record?.value).toEqual(records[0]?.value);
      } finally {
        await connection.close();
      }
    });

    it.each(SASL_MECHANISMS)(
      'refuses a wrong password with %s, and the error does not show it',
      async (mechanism) => {
        const sasl = { mechanism, username: USER.username, password: 'wrong-one' };
        const error = await topicsOf({ ...options, sasl }).catch((reason: Error) => reason);
        expect(error).toBeInstanceOf(Error);
        expect(String((error as Error).message)).toMatch(/[Aa]uthentication/);
        expect(String((error as Error).message)).not.toContain('wrong-one');
      },
    );

    it('is not trusted where its certificate authority is unknown', async () => {
      const sasl = { mechanism: 'PLAIN', ...USER } as const;
      await expect(topicsOf({ ...options, ssl: true, sasl })).rejects.toThrow(/certificate/);
    });
  },
  { needsJars: true },
);

describeKafka(
  'a broker with passwords and no TLS',
  () => {
    let broker: OwnBroker;
    beforeAll(async () => {
      broker = await startOwnBroker({ sasl: USER });
    }, 120_000);
    afterAll(() => broker.stop());

    it.each(SASL_MECHANISMS)('lets in with %s', async (mechanism) => {
      const sasl = { mechanism, ...USER };
      const options = {
        brokers: broker.brokers,
        topicPrefix: '',
        ssl: false,
        sasl,
        clientId: 'security specs',
      };
      expect(await topicsOf(options)).toEqual([]);
    });
  },
  { needsJars: true },
);
