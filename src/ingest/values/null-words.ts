/** What programs write for a value that is missing, in lower case. */
const USUAL = new Set(
  [
    'null (null) <null> nil none n/a #n/a na nan undefined unknown (blank) (none) (empty) \\n -  -- --- . ?',
    '#value! #ref! #name? #null!',
  ].flatMap((words) => words.split(/ +/)),
);
const LONGEST = 9;
/** The first characters of those words: what begins otherwise needs no look. */
const BEGINNINGS = new Set([...USUAL].flatMap((word) => [word.charAt(0), word.charAt(0).toUpperCase()]));

/** Whether a text is a usual word for a missing value: `NULL`, `N/A`, `-`, `none`, `nan` and the like. */
export function isNullWord(text: string): boolean {
  return text.length <= LONGEST && BEGINNINGS.has(text.charAt(0)) && USUAL.has(text.toLowerCase());
}

/** A function that knows the words that a user gave, in any case. */
export function nullWords(words: readonly string[]): (text: string) => boolean {
  const known = new Set(words.map((word) => word.trim().toLowerCase()));
  const longest = Math.max(0, ...words.map((word) => word.length));
  return (text) => text.length <= longest && known.has(text.toLowerCase());
}

/** A word for a missing value that was taken for a value. */
export interface NullWordCount {
  column: string;
  value: string;
  rows: number;
  firstRow: number;
}

/** Counts the usual words for missing values in columns of text, by column and word. */
export function countNullWords(): {
  take(column: string, text: string, row: number): void;
  /** the most frequent first */
  counts(): NullWordCount[];
} {
  const counts = new Map<string, NullWordCount>();
  return {
    take(column, text, row) {
      if (!isNullWord(text)) return;
      const key = `${column}\n${text}`;
      const known = counts.get(key);
      if (known === undefined) counts.set(key, { column, value: text, rows: 1, firstRow: row });
      else known.rows++;
    },
    counts: () => [...counts.values()].sort((a, b) => b.rows - a.rows),
  };
}
