// A process that bridges, with ProcessOptions: see `runProcess`. Its log is on stdout.
import pino from 'pino';
import { startBridge } from '../../../src/bridge/bridge';
import type { KafkaOptions, TopicOptions } from '../../../src/kafka/kafka-options';
import { runProcess, type StoreOptions } from './run-process';

export interface ProcessOptions extends StoreOptions {
  kafka: KafkaOptions;
  topics: TopicOptions;
  leaseTermMs: number;
}

runProcess<ProcessOptions>({ max: 4, applicationName: 'bridge' }, (opened, options) =>
  startBridge({ ...options, ...opened, logger: pino({ level: 'debug' }) }),
);
