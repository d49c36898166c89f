const AS_A_SPREADSHEET_WRITES = /^\d(?:[.,]\d+)?E\+\d{2,3}$/;

/**
 * Whether an id is what a spreadsheet makes of a long number: `1.12345E+11`. Its last digits are lost, and
 * several ids have become one.
 */
export function isExponentId(id: string): boolean {
  return AS_A_SPREADSHEET_WRITES.test(id);
}
