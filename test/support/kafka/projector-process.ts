// A process that projects from Kafka, with ProcessOptions: see `runProcess`. Its log is on stdout.
import pino from 'pino';
import type { KafkaOptions } from '../../../src/kafka/kafka-options';
import { startProjectors } from '../../../src/projections/live/start-projectors';
import { runProcess, type StoreOptions } from './run-process';

export interface ProcessOptions extends StoreOptions {
  kafka: KafkaOptions;
  sessionTimeoutMs: number;
}

runProcess<ProcessOptions>({ max: 6, applicationName: 'projector' }, (opened, options) =>
  startProjectors({ ...options, ...opened, logger: pino({ level: 'info' }) }),
);
