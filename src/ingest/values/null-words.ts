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
