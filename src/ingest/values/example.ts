/** A cell, to show in messages. */
export interface Example {
  /** its field */
  column: string;
  /** as in a spreadsheet: the header is 1 */
  row: number;
  text: string;
}

/** A cell in a message. */
export const inRow = ({ row, text }: Example): string => `${JSON.stringify(text)} in row ${row}`;
