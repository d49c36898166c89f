/** A record with quotes, as far as it could be read. Indexes are those of the text. */
export type QuotedRecord =
  /** `end` is behind its last cell; `spanning` is its first cell that spans lines, or -1 */
  | { is: 'whole'; cells: string[]; end: number; spanning: number; spanningCells: number }
  /** text follows the quote at `at`, which should have ended the cell that begins at `start` */
  | { is: 'broken'; at: number; start: number }
  /** the quote at `start` has no end in the text */
  | { is: 'open'; start: number };

const LF = 0x0a;
const CR = 0x0d;

/**
 * Reads a record in which quotes open cells (RFC 4180). A quote in a cell that does not begin with one is
 * text.
 */
export function readQuotedRecord(text: string, from: number, delimiter: string): QuotedRecord {
  const cells: string[] = [];
  let spanning = -1;
  let spanningCells = 0;
  for (let at = from; ; at++) {
    if (text[at] === '"') {
      const close = closingQuote(text, at);
      if (close < 0) return { is: 'open', start: at };
      const raw = text.slice(at + 1, close);
      if (!endsCell(text, close + 1, delimiter)) return { is: 'broken', at: close, start: at };
      if (/[\r\n]/.test(raw)) {
        spanningCells++;
        if (spanning < 0) spanning = cells.length;
      }
      cells.push(raw.includes('"') ? raw.replaceAll('""', '"') : raw);
      at = close + 1;
    } else {
      const start = at;
      at = endOfBareCell(text, start, delimiter);
      cells.push(text.slice(start, at));
    }
    if (text[at] !== delimiter) return { is: 'whole', cells, end: at, spanning, spanningCells };
  }
}

/**
 * Reads the cells of one line. A quote that opens a cell and does not end it is text.
 * @returns the cells, and how many of them begin with such a quote
 */
export function readLeniently(line: string, delimiter: string): { cells: string[]; textQuotes: number } {
  const cells: string[] = [];
  let textQuotes = 0;
  for (let at = 0; ; at++) {
    const close = line[at] === '"' ? closingQuote(line, at) : -1;
    if (close >= 0 && (close + 1 === line.length || line[close + 1] === delimiter)) {
      cells.push(line.slice(at + 1, close).replaceAll('""', '"'));
      at = close + 1;
    } else {
      if (line[at] === '"') textQuotes++;
      const next = line.indexOf(delimiter, at);
      const end = next < 0 ? line.length : next;
      cells.push(line.slice(at, end));
      at = end;
    }
    if (at >= line.length) return { cells, textQuotes };
  }
}

function closingQuote(text: string, opening: number): number {
  let at = text.indexOf('"', opening + 1);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}

function endOfBareCell(text: string, start: number, delimiter: string): number {
  const separator = delimiter.charCodeAt(0);
  let at = start;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === separator || code === LF || code === CR) break;
  }
  return at;
}

function endsCell(text: string, at: number, delimiter: string): boolean {
  if (at >= text.length || text[at] === delimiter) return true;
  const code = text.charCodeAt(at);
  return code === LF || code === CR;
}
