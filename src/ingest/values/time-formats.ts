import { PATTERN_TOKENS, patternFormat, type TimeFormat } from './date-pattern';
import { isoFormat } from './iso-times';
import { numberFormats } from './number-times';

/**
 * Formats of which one text may fit several, or one format alone. A text fits one family only.
 */
export interface Family {
  formats: readonly TimeFormat[];
  /** the first format counts where nothing speaks against it */
  firstIsUsual: boolean;
}

const family = (...patterns: string[]): Family => ({
  formats: patterns.map((pattern) => patternFormat(pattern) as TimeFormat),
  firstIsUsual: false,
});

/** What `auto` looks for. */
const families: readonly Family[] = [
  { formats: [isoFormat], firstIsUsual: true },
  family('M/D/YYYY', 'D/M/YYYY'),
  family('D-M-YYYY', 'M-D-YYYY'),
  // With points between, the day stands first wherever people write dates so.
  { ...family('D.M.YYYY', 'M.D.YYYY'), firstIsUsual: true },
  family('YYYY/MM/DD'),
  family('YYYY.MM.DD'),
  family('DD-MMM-YYYY'),
  family('Month D, YYYY'),
  family('YYYY-MMM-DD'),
  family('MMM-DD-YY'),
  family('DD-MMM-YY'),
  family('M/D/YY', 'D/M/YY', 'YY/M/D'),
  family('D-M-YY', 'M-D-YY', 'YY-M-D'),
  { ...family('D.M.YY', 'M.D.YY'), firstIsUsual: true },
  family('ddd MMM D HH:mm:ss YYYY'),
  family('ddd MMM D HH:mm:ss Z YYYY'),
  ...numberFormats.map((format) => ({ formats: [format], firstIsUsual: true })),
];

/** What `auto` looks for in files that are expected to have certain formats. */
export function familiesWith(expected: readonly TimeFormat[]): readonly Family[] {
  const known = new Set(families.flatMap(({ formats }) => formats.map(({ name }) => name)));
  // One that has its month in letters, or no other order, is told by its texts.
  const others = expected.filter(({ name, order }) => order === undefined && !known.has(name));
  return [...families, ...others.map((format) => ({ formats: [format], firstIsUsual: true }))];
}

const NAMED: Readonly<Record<string, TimeFormat>> = {
  iso: isoFormat,
  ...Object.fromEntries([isoFormat, ...numberFormats].map((format) => [format.name, format])),
};

const NAMES = 'auto, iso, excel, unix, unix-ms';
/** How `--date-format` wants a format. */
export const DATE_FORMAT_FORMS = `${NAMES}, or a pattern of ${PATTERN_TOKENS}, such as D.M.YYYY`;

/** The format of a name or pattern; undefined when it is neither. */
export function timeFormat(name: string): TimeFormat | undefined {
  return Object.hasOwn(NAMED, name) ? NAMED[name] : patternFormat(name);
}
