import { readFileSync } from 'node:fs';
import type { Holiday } from '../warehouse/model/date.dimension';
import type { ConfigReader } from './kafka-config';

/** Has a 29 February, so that a day without a year may be one. */
const LEAP_YEAR = '2000';

/** Reads the file of HOLIDAYS_PATH, with lines such as `2026-04-03,Good Friday` and `12-25,Christmas Day`. */
export function loadHolidays({ value, report }: ConfigReader): Holiday[] {
  const path = value('HOLIDAYS_PATH');
  if (path === undefined) return [];
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    report(`HOLIDAYS_PATH=${path} cannot be read: ${(error as Error).message}`);
    return [];
  }
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .flatMap((line, index) => {
      if (line.trim() === '') return [];
      const [, day = '', name = ''] = /^((?:\d{4}-)?\d{2}-\d{2}),(.+)$/.exec(line.trim()) ?? [];
      if (name.trim() !== '' && isDay(day)) return [{ day, name: name.trim() }];
      report(`HOLIDAYS_PATH=${path}, line ${index + 1}: give 2026-04-03,Name or 12-25,Name`);
      return [];
    });
}

function isDay(text: string): boolean {
  const day = text.length === 5 ? `${LEAP_YEAR}-${text}` : text;
  const instant = Date.parse(day);
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(day);
}
