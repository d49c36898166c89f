import { isatty } from 'node:tty';
import pino, { type Logger, type LoggerOptions as PinoOptions } from 'pino';
import type { LogLevel } from './config';
import { endWithItsReader } from './shutdown';

export type { Logger };

export interface LoggerOptions {
  level: LogLevel;
  /** 1 is stdout, 2 is stderr */
  fd: 1 | 2;
}

/** Structured logs: readable lines on a terminal, a JSON object a line elsewhere. */
export function createLogger({ level, fd }: LoggerOptions): Logger {
  const options: PinoOptions = {
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  };
  if (!isatty(fd)) {
    const destination = pino.destination({ fd, sync: true });
    endWithItsReader(destination);
    return pino(options, destination);
  }
  const pretty = require('pino-pretty') as typeof import('pino-pretty');
  return pino(
    options,
    pretty({ destination: fd, sync: true, singleLine: true, translateTime: 'SYS:HH:MM:ss.l' }),
  );
}
