import pino, { type Logger } from 'pino';
import type { LogLevel } from './config';

export type { Logger };

export interface LoggerOptions {
  level: LogLevel;
  /** where it is written */
  stream: NodeJS.WriteStream;
}

/** Structured logs: readable lines on a terminal, a JSON object a line elsewhere. */
export function createLogger({ level, stream }: LoggerOptions): Logger {
  const options = { level, base: undefined };
  if (!stream.isTTY) return pino(options, pino.destination({ fd: stream.fd, sync: true }));
  const pretty = require('pino-pretty') as typeof import('pino-pretty');
  return pino(options, pretty({ destination: stream.fd, sync: true, translateTime: 'SYS:HH:MM:ss.l' }));
}
