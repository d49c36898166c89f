import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import pino from 'pino';
import { type Bridge, type BridgeOptions, startBridge } from '../../../src/bridge/bridge';
import { readLease } from '../../../src/bridge/lease-row';
import type { NewEvent } from '../../../src/event-store/event';
import type { EventStore } from '../../../src/event-store/event-store';
import { openKafka } from '../../../src/kafka/connection';
import type { KafkaOptions } from '../../../src/kafka/kafka-options';
import { EVENT_TOPICS } from '../../../src/kafka/topics';
import { someEvent, type TestStore } from '../store';
import { until } from '../until';
import type { ProcessOptions } from './bridge-process';
import { spawnProcess } from './spawn-process';

const PREFIXES = ['order-', 'session-', 'product-', 'creditnote-', 'customer-'];
const STREAMS = 60;

/** A shop's log and its bridges. */
export class Bridges {
  private readonly running: Bridge[] = [];
  private readonly children = new Set<ChildProcess>();

  constructor(
    readonly shop: TestStore,
    readonly kafka: KafkaOptions,
    readonly topics = { partitions: 3 },
    readonly leaseTermMs = 2_000,
    /** of the log; default: it is in the database */
    readonly eventStoreUrl?: string,
  ) {}

  /** A bridge in this process. */
  start(options: Partial<BridgeOptions> = {}): Bridge {
    const { database, listener, store } = this.shop;
    const bridge = startBridge({
      kafka: this.kafka,
      topics: this.topics,
      store,
      pool: database.pool,
      listener,
      logger: pino({ level: process.env.LOG_LEVEL ?? 'silent' }),
      leaseTermMs: this.leaseTermMs,
      blockedRetryMs: 200,
      ...options,
    });
    this.running.push(bridge);
    return bridge;
  }

  /** A bridge in a process of its own, which can be killed. */
  spawn(): ChildProcess {
    const { kafka, topics, leaseTermMs, eventStoreUrl } = this;
    const options: ProcessOptions = { kafka, topics, leaseTermMs, eventStoreUrl };
    const child = spawnProcess('bridge-process.ts', this.shop.database.url, options);
    this.children.add(child);
    child.once('exit', () => this.children.delete(child));
    return child;
  }

  /** Resolves when all topics have acknowledged everything that is in the log now. */
  async caughtUp(): Promise<void> {
    const head = (await this.shop.store.head())?.position ?? '';
    await until(async () => (await this.confirmed()) >= head, 'all topics to acknowledge the log');
  }

  async confirmed(): Promise<string> {
    return (await readLease(this.shop.database.pool)).confirmed;
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.splice(0).map((bridge) => bridge.stop()));
    for (const child of this.children) {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
  }

  /** Ends everything and removes the topics. */
  async close(): Promise<void> {
    await this.stop();
    const { admin, close } = await openKafka(this.kafka, pino({ level: 'silent' }));
    const topics = [...EVENT_TOPICS, 'order-aggregates'].map((topic) => this.kafka.topicPrefix + topic);
    await admin.deleteTopics({ topics }).catch(() => {});
    await close();
    await this.shop.close();
  }
}

/** Appends `count` events to streams of all topics, many at once. */
export async function appendEvents(store: EventStore, count: number): Promise<void> {
  const appends: Promise<unknown>[] = [];
  for (let left = count; left > 0; ) {
    const number = Math.min(left, 1 + (left % 3));
    left -= number;
    const stream = `${PREFIXES[left % PREFIXES.length]}${left % STREAMS}`;
    appends.push(store.append(stream, 'any', Array.from({ length: number }, eventOfShop)));
  }
  await Promise.all(appends);
}

function eventOfShop(): NewEvent {
  const event = someEvent();
  return {
    ...event,
    data: { id: event.id, note: 'Grüße, "Größe" 7\u2028', lines: [{ quantity: 2, gross: 1999 }] },
  };
}
