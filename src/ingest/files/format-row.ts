import { byteOrderMark, encodeText } from './encoding';
import type { TableForm } from './form';

/** Writes rows in the form of a file, so that they are read with the same options as that file. */
export interface RowFormat {
  /** what comes before the header */
  start(): Buffer;
  rows(rows: readonly (readonly string[])[]): Buffer;
}

/** @param form where a quote means nothing, line ends and delimiters in cells become blanks */
export function rowFormat(form: TableForm): RowFormat {
  const { encoding, bom, delimiter, lineEnd, quote, quoteAll, separatorLine } = form;
  const special = ['"', '\r', '\n', delimiter];
  const needsQuotes = (cell: string) =>
    quoteAll || special.some((character) => cell.includes(character)) || /^\s|\s$/.test(cell);
  const format = (cell: string): string => {
    if (quote === 'none') return special.slice(1).reduce((text, one) => text.replaceAll(one, ' '), cell);
    return needsQuotes(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  };
  return {
    start: () =>
      Buffer.concat([
        ...(bom ? [byteOrderMark(encoding)] : []),
        ...(separatorLine ? [encodeText(`sep=${delimiter}${lineEnd}`, encoding)] : []),
      ]),
    rows: (rows) =>
      encodeText(rows.map((cells) => cells.map(format).join(delimiter) + lineEnd).join(''), encoding),
  };
}
