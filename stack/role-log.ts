import pino from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { LogLevel } from '../src/runtime/config';

/** A line that a role has written, as it was and, where it is one, as an entry of its log. */
export interface RoleLine {
  text: string;
  entry?: { level: string; msg?: string; url?: string };
}

/** Roles log at least this, because it is how they tell that they run. */
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
 * What of a role's output to show, each line behind the role's name: readable lines on a terminal, elsewhere
 * as they are.
 * @returns undefined for what is below the wanted level
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
