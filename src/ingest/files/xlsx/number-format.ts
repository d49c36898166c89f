/** How the number of a cell is meant. */
export type NumberKind = 'number' | 'date' | 'date and time' | 'time';

const DAY_MS = 86_400_000;
/** Excel takes 1900 for a leap year: this day never was. */
const NO_DAY = 60;
/** More digits than a spreadsheet keeps: the last ones may have been others. */
const ROUNDED_FROM = 1e15;

/** Tells by its number format what a cell has. @param code of a format that the workbook defines */
export function kindOfFormat(id: number, code: string | undefined): NumberKind {
  if (code !== undefined) return kindOfCode(code);
  if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 58)) return 'date';
  if (id === 22) return 'date and time';
  if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47)) return 'time';
  return 'number';
}

function kindOfCode(code: string): NumberKind {
  const section = code
    .replace(/"[^"]*"|\\.|_.|\*./g, '')
    .replace(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '')
    .split(';')[0] as string;
  if (/general|[0#?]/i.test(section.replace(/[.,]0+/g, ''))) return 'number';
  const hasDate = /[dy]|m{3,}|^m+$/i.test(section);
  const hasTime = /[hs]/i.test(section);
  if (hasDate) return hasTime ? 'date and time' : 'date';
  return hasTime ? 'time' : 'number';
}

/**
 * A number of a cell as text: the shortest decimal, or ISO 8601 for dates and times.
 * @param from1904 the workbook counts its days from 1904
 */
export function numberText(value: number, kind: NumberKind, from1904: boolean): string {
  const day = from1904 ? value + 1462 : value;
  if (kind === 'number' || value < 0 || Math.floor(day) === NO_DAY || day > 2_958_466)
    return decimalText(value);
  const isTime = kind === 'time' && value < 1;
  // 1899-12-30 is day 0 for all days after the one that never was.
  const epoch = Date.UTC(1899, 11, day < NO_DAY ? 31 : 30);
  const iso = new Date(epoch + Math.round(day * DAY_MS)).toISOString();
  const time = iso.slice(11, 23).replace(/\.000$/, '');
  if (isTime) return time;
  return kind === 'date' && time === '00:00:00' ? iso.slice(0, 10) : `${iso.slice(0, 10)}T${time}`;
}

function decimalText(value: number): string {
  if (Math.abs(value) >= ROUNDED_FROM) return value.toExponential();
  const text = String(value);
  const small = /^(-?)(\d)(?:\.(\d+))?e-(\d+)$/.exec(text);
  if (small === null) return text;
  const [, sign, first, rest = '', exponent] = small;
  return `${sign}0.${'0'.repeat(Number(exponent) - 1)}${first}${rest}`;
}
