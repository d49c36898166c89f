const AS_A_SPREADSHEET_WRITES = /^\d(?:[.,]\d+)?E\+\d{2,3}$/;

/**
 * Whether an id is what a spreadsheet makes of a long number: `1.12345E+11`. Its last digits are lost, and
 * several ids have become one.
 */
export function isExponentId(id: string): boolean {
  return AS_A_SPREADSHEET_WRITES.test(id);
}

/** Why such an id is refused, to stand behind the name of its field. */
export const IS_AN_EXPONENT =
  'was rounded by a spreadsheet: export it again, and open it with that column as text';
