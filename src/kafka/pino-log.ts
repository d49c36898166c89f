import { type logCreator, logLevel } from 'kafkajs';
import type { Logger } from 'pino';

/**
 * The log of kafkajs as debug entries of ours. Whoever uses the connection handles its errors and says once
 * what they mean; kafkajs tells of every attempt.
 */
export const pinoLog =
  (logger: Logger): logCreator =>
  () =>
  ({ namespace, level, log: { message, timestamp: _, logger: __, ...details } }) =>
    logger.debug({ kafka: namespace, level: logLevel[level], ...details }, message);
