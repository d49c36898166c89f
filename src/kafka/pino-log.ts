import { type logCreator, logLevel } from 'kafkajs';
import type { Logger } from 'pino';

/**
 * Writes the log of kafkajs as debug entries: kafkajs reports every attempt as an error. The users of a
 * connection handle its errors, and log once what they mean.
 */
export const pinoLog =
  (logger: Logger): logCreator =>
  () =>
  ({ namespace, level, log: { message, timestamp: _, logger: __, ...details } }) =>
    logger.debug({ kafka: namespace, level: logLevel[level], ...details }, message);
