// A process that publishes aggregates, with ProcessOptions: see `runProcess`. It is there to be killed.
import pino from 'pino';
import type { KafkaOptions } from '../../../src/kafka/kafka-options';
import { startAggregatePublisher } from '../../../src/read-model-changes/change-publisher';
import { runProcess, type StoreOptions } from './run-process';

export interface ProcessOptions extends StoreOptions {
  kafka: KafkaOptions;
}

runProcess<ProcessOptions>({ max: 2, applicationName: 'aggregates' }, (opened, { kafka }) =>
  startAggregatePublisher({ ...opened, kafka, logger: pino({ level: 'info' }) }),
);
