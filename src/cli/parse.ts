import { CliError } from './errors';

/**
 * A point in time given on the command line, as Unix milliseconds. Without a zone it is UTC; a date alone is
 * its first moment.
 * @param orElse what else the option takes, for the message
 * @throws CliError naming the option
 */
export function parseInstant(text: string, option: string, orElse = 'a position'): number {
  const iso = text.trim().replace(' ', 'T');
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/i.test(iso);
  const looksRight = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/i.test(iso);
  const instant = Date.parse(hasZone || !iso.includes('T') ? iso : `${iso}Z`);
  if (!looksRight || Number.isNaN(instant)) {
    throw new CliError(`${option} ${text}: give ${orElse}, or a time such as 2026-01-31T12:00Z.`, 2);
  }
  return instant;
}
