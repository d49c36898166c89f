/** What may be the name of a month, as part of an expression. */
export const MONTH_NAME = String.raw`[A-Za-z\u00c0-\u024f]{3,10}\.?`;

/** Names of months by language: in full, or the first letters as far as they are written. */
const NAMES = [
  'january february march april may june july august september october november december',
  'januar februar märz april mai juni juli august september oktober november dezember',
  'janvier février mars avril mai juin juillet août septembre octobre novembre décembre',
  'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre',
  'gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre',
  'januari februari maart april mei juni juli augustus september oktober november december',
  'janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro',
];
/** Short forms that are no beginnings. */
const SHORT: readonly [string, number][] = [
  ['mrz', 3],
  ['mrt', 3],
  ['juil', 7],
];
const SHORTEST = 3;

const withoutAccents = (text: string): string =>
  text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/\.$/, '');

const monthByName = new Map<string, number>(SHORT);
for (const language of NAMES)
  for (const [i, name] of language.split(' ').entries()) {
    const plain = withoutAccents(name);
    for (let length = SHORTEST; length <= plain.length; length++) register(plain.slice(0, length), i + 1);
  }

/** A beginning that two months share (`jui` in French) names none. */
function register(name: string, month: number): void {
  const known = monthByName.get(name);
  monthByName.set(name, known === undefined || known === month ? month : 0);
}

/**
 * The month from 1 to 12 of a name, in full or short, in English, German, French, Spanish, Italian, Dutch or
 * Portuguese; undefined for anything else.
 */
export function monthOf(name: string): number | undefined {
  return monthByName.get(withoutAccents(name)) || undefined;
}

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** The weekday from 0 (Sunday) to 6 of an English name, in full or short; undefined for anything else. */
export function weekdayOf(name: string): number | undefined {
  const plain = name.toLowerCase();
  if (plain.length < SHORTEST) return undefined;
  const day = WEEKDAYS.findIndex((weekday) => weekday.startsWith(plain));
  return day < 0 ? undefined : day;
}
