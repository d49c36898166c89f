import { isatty } from 'node:tty';
import pino, { type Logger, type LoggerOptions as PinoOptions } from 'pino';
import type { LogLevel } from './config';
import { endWithItsReader } from './shutdown';

export type { Logger };

export interface LoggerOptions {
  level: LogLevel;
  /** 1 is stdout, 2 is stderr */
  fd: 1 | 2;
  /** stands in every entry, where several processes write one log */
  role?: string;
}

/** Structured logs: readable lines on a terminal, a JSON object a line elsewhere. */
export function createLogger({ level, fd, role }: LoggerOptions): Logger {
  const options: PinoOptions = {
    level,
    base: role === undefined ? undefined : { role },
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

/** Writes an entry that another process has logged, as it is; what is no entry becomes one. */
export function passOn(logger: Logger, role: string, line: string): void {
  if (line.startsWith('{')) streamOf(logger).write(`${line}\n`);
  else logger.info({ role }, line);
}

const streamOf = (logger: Logger) =>
  (logger as unknown as Record<symbol, { write(text: string): unknown }>)[pino.symbols.streamSym] as {
    write(text: string): unknown;
  };
