/** A cell, to show in messages. */
export interface Example {
  /** its field */
  column: string;
  /** as in a spreadsheet: the header is 1 */
  row: number;
  text: string;
}
