import pino from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { LogLevel } from '../src/runtime/config';

/** A line of a role's output: its text, and the log entry if it is one. */
export interface RoleLine {
  text: string;
  entry?: { level: string; msg?: string; url?: string };
}

/** Roles log at level info at least: a log entry tells the stack that a role runs. */
export function levelForRoles(wanted: LogLevel): LogLevel {
  return levelNumber(wanted) <= levelNumber('info') ? wanted : 'info';
}

export function parseLine(text: string): RoleLine {
  if (!text.startsWith('{')) return { text };
  try {
    const entry = JSON.parse(text);
    return typeof entry.level === 'string' ? { text, entry } : { text };
  } catch {
    return { text };
  }
}

/**
 * Makes a function that formats a line of a role's output for the user, with the role's name before it. On a
 * terminal it formats log entries for people; elsewhere it leaves them as they are.
 * @returns undefined for entries below the wanted level
 */
export function lineFormatter(
  wanted: LogLevel,
  isTerminal: boolean,
): (role: string, line: RoleLine) => string | undefined {
  const pretty = isTerminal
    ? prettyFactory({ singleLine: true, colorize: true, translateTime: 'SYS:HH:MM:ss.l' })
    : undefined;
  return (role, { text, entry }) => {
    if (entry && levelNumber(entry.level) < levelNumber(wanted)) return undefined;
    const shown = entry && pretty ? pretty(entry).trimEnd() : text;
    return `${role.padEnd('projector'.length)} | ${shown}\n`;
  };
}

function levelNumber(level: string): number {
  return pino.levels.values[level] ?? Number.POSITIVE_INFINITY;
}
