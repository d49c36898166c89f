import pino from 'pino';
import { append, type LogAppend } from '../../bench/support/order-log';
import type { EventTypes } from '../../src/domain/events';
import { openKafka } from '../../src/kafka/connection';
import { EVENT_TOPICS } from '../../src/kafka/topics';
import { readRecords } from '../support/kafka/read-topic';
import { useShopOnKafka } from '../support/kafka/shop-on-kafka';
import { describeKafka } from '../support/kafka/suite';
import { tooLarge } from '../support/lake/refused-orders';
import { mixedLog, writeLog } from '../support/mixed-log';
import { needSpark } from '../support/spark/environment';
import { SparkLake } from '../support/spark/spark-lake';
import { describeWith } from '../support/suite';

const AT = Date.UTC(2024, 5, 1);
const LINES = [
  {
    lineNumber: 1,
    productId: 'p',
    productName: 'P',
    category: 'C',
    unitPrice: '1',
    quantity: 1,
    gross: 100,
    discount: 0,
  },
] as const;
const WITHIN_MS = 1_800_000;
const ORDERS = Number(process.env.SPARK_ORDERS ?? 300);
const KILLS = Number(process.env.SPARK_KILLS ?? 5);

describeWith([needSpark], 'with Spark', () => {
  describeKafka('a lake that is written from Kafka', () => {
    const on = useShopOnKafka('spark', { partitions: 2 });
    let spark: SparkLake;
    beforeEach(async () => {
      spark = await SparkLake.create(on.shop.store, on.kafka);
    });
    afterEach(() => spark.remove());

    it(
      'has every row of the exporter’s and its bad rows, after kills and duplicates, and goes back to it',
      async () => {
        const log = [...mixedLog(ORDERS)];
        const half = Math.floor(log.length / 2);
        const bridge = on.bridges.start();
        await writeLog(on.shop.store, [...log.slice(0, half), tooLarge('bad'), mistyped('odd')]);
        await spark.handOverAfter(ORDERS / 2);
        await writeLog(on.shop.store, [...log.slice(half), tooLarge('worse'), mistyped('odder')]);
        await on.bridges.caughtUp();
        await writeAgain();
        await spark.follow({ kills: KILLS, batch: Math.ceil(log.length / 6) });
        expect(await spark.differences()).toEqual([]);

        await spark.call('finish');
        const { cuts, events } = await spark.adopt();
        expect([cuts, events > log.length / 2]).toEqual([2, true]);
        await bridge.stop();
        await writeLog(on.shop.store, [append('order-late', 0, 'OrderPlaced', orderData('late'), AT)]);
        await spark.lake.export(on.shop.store);
        expect(await spark.differences()).toEqual([]);
      },
      WITHIN_MS,
    );

    /** Some records once more, as of a bridge that is not Tidemark's own. */
    async function writeAgain(): Promise<void> {
      const { openProducer, close } = await openKafka(on.kafka, pino({ level: 'silent' }));
      const producer = await openProducer();
      const records = (await readRecords(on.kafka, EVENT_TOPICS)).filter(({ record }) => record.key !== null);
      for (const { topic, partition, record } of records.slice(-40)) {
        const { key, value, headers } = record;
        const message = { partition, key, value, headers: headers as Record<string, Buffer> };
        await producer.send({ topic: on.kafka.topicPrefix + topic, messages: [message] });
      }
      await producer.disconnect();
      await close();
    }
  });
});

/** An order whose country is a number. */
function mistyped(orderId: string): LogAppend {
  return append(`order-${orderId}`, 0, 'OrderPlaced', { ...orderData(orderId), country: 49 } as never, AT);
}

function orderData(orderId: string): EventTypes['OrderPlaced'] {
  const [line] = LINES;
  const { gross } = line;
  const amounts = { gross, discounts: 0, shipping: 0, tax: 0, total: gross };
  return {
    orderId,
    customerId: null,
    country: 'DE',
    region: null,
    currency: 'EUR',
    lines: [...LINES],
    ...amounts,
  };
}
