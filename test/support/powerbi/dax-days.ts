const DAY_MS = 86_400_000;

const parts = (day: string) => day.split('-').map(Number) as [number, number, number];
const dayOf = (year: number, month: number, day: number): string =>
  new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
const dayAfter = (day: string): string => new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);
/** The last day of a month at most. */
const sameDay = (year: number, month: number, day: number): string =>
  dayOf(year, month, Math.min(day, new Date(Date.UTC(year, month, 0)).getUTCDate()));

const MONTHS = { MTD: 1, QTD: 3, YTD: 12 };
export type Period = keyof typeof MONTHS;

/**
 * Those of all days that are in the last month, quarter or year of the visible ones, up to the last of these.
 */
export function toDate(period: Period, visible: readonly string[], all: readonly string[]): string[] {
  const last = [...visible].sort().at(-1);
  if (last === undefined) return [];
  const [year, month] = parts(last);
  const first = dayOf(year, month - ((month - 1) % MONTHS[period]), 1);
  return all.filter((day) => first <= day && day <= last);
}

/**
 * Those of all days that are a year before the visible ones. Of a month whose last two days are visible, so
 * is the end of the month a year before: 29 February.
 * @throws Error when there are gaps between the visible days
 */
export function yearBefore(visible: readonly string[], all: readonly string[]): string[] {
  const days = [...visible].sort();
  const before = new Set<string>();
  for (const [index, day] of days.entries()) {
    const previous = days[index - 1];
    if (previous !== undefined && dayAfter(previous) !== day)
      throw new Error('SAMEPERIODLASTYEAR only works with contiguous date selections');
    const [year, month, dayOfMonth] = parts(day);
    before.add(sameDay(year - 1, month, dayOfMonth));
    if (previous !== undefined && dayAfter(day).endsWith('-01')) before.add(sameDay(year - 1, month, 31));
  }
  return all.filter((day) => before.has(day));
}
