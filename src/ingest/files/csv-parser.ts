import { InputError } from '../input-error';
import { countLineEnds, LineEnds, splitLines } from './line-ends';
import { type QuotedRecord, readLeniently, readQuotedRecord } from './quotes';

/** A record of a file. Its row is numbered as a spreadsheet does: from 1, empty ones counted. */
export interface CsvRow {
  row: number;
  cells: string[];
  /** why it is not certain that the row was meant so; such a row must not be imported */
  doubt?: string;
}

/**
 * What a quote at the beginning of a cell means.
 * - `auto`: it opens a quoted cell; where that cannot be, rows are in doubt, or between tabs it is text
 * - `none`: nothing
 * - `"`: it opens a quoted cell, whatever the lines look like that the cell spans
 */
export type QuoteMode = 'auto' | 'none' | '"';

export interface CsvParserOptions {
  delimiter: string;
  quote: QuoteMode;
  /** the row that every row below it must have as many cells as; default the first */
  headerRow?: number;
  /** lines before the first row; default 0 */
  linesBefore?: number;
}

/** Quotes that a reader of the report should know of: how many cells, and the row of the first. */
export interface QuoteFindings {
  /** cells that span lines */
  spanning: { cells: number; firstRow: number };
  /** cells that begin with a quote which was taken as text */
  text: { cells: number; firstRow: number };
}

/** Far above any real row. A quote that is never closed runs into it. */
const MAX_ROW_LENGTH = 1024 * 1024;
/** From this column on it is unlikely that the last line of a cell has all delimiters of a whole row. */
const UNLIKELY_COLUMN = 3;
const NONE = Number.POSITIVE_INFINITY;

/**
 * Reads the records of a text (RFC 4180, any line ends) as its chunks come in. A quote in a cell that does
 * not begin with one is text. A quote too many never makes rows vanish in a cell: rows that may be text, and
 * text that may be rows, are in doubt.
 */
export class CsvParser {
  readonly findings: QuoteFindings = {
    spanning: { cells: 0, firstRow: 0 },
    text: { cells: 0, firstRow: 0 },
  };
  private text = '';
  private lines = new LineEnds('', true);
  private nextQuote = NONE;
  private rows: CsvRow[] = [];
  private row = 0;
  private width = 0;
  /** the rows from which on lines are ahead of rows, and by how many */
  private readonly ahead: [row: number, lines: number][];

  constructor(private readonly options: CsvParserOptions) {
    this.ahead = [[0, options.linesBefore ?? 0]];
  }

  /**
   * Takes a chunk, or the end of the text.
   * @returns the rows that are complete with it, without the empty ones
   * @throws InputError where rows cannot be told apart, with row, line and the next step
   */
  push(chunk: string, final = false): CsvRow[] {
    this.text += chunk;
    this.lines = new LineEnds(this.text, final);
    this.nextQuote = -1;
    this.rows = [];
    let at = 0;
    while (at < this.text.length) {
      const next = this.readRow(at, final);
      if (next < 0) break;
      at = next;
    }
    this.text = this.text.slice(at);
    return this.rows;
  }

  /** The line in which a row begins. */
  lineOf(row: number): number {
    let low = 0;
    for (let high = this.ahead.length - 1; low < high; ) {
      const middle = (low + high + 1) >> 1;
      if ((this.ahead[middle]?.[0] ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    return row + (this.ahead[low]?.[1] ?? 0);
  }

  /** @returns where the next row begins, or -1 where this one is not complete */
  private readRow(at: number, final: boolean): number {
    const complete = this.lines.find(at);
    const { end, next } = this.lines;
    if (this.nextQuote < at) this.nextQuote = this.quoteFrom(at);
    if (this.nextQuote >= end) {
      if (end - at > MAX_ROW_LENGTH) throw this.tooLong();
      if (!complete) return -1;
      this.add(this.text.slice(at, end).split(this.options.delimiter));
      return next;
    }
    return this.readQuoted(at, final);
  }

  private readQuoted(at: number, final: boolean): number {
    const record = readQuotedRecord(this.text, at, this.options.delimiter);
    const isCut = record.is === 'open' || (record.is === 'whole' && !this.lines.find(record.end));
    if (isCut && !final && this.text.length - at <= MAX_ROW_LENGTH) return -1;
    // The quote at the end of a chunk may be the first of two.
    if (record.is === 'broken' && record.at + 1 === this.text.length && !final) return -1;
    if (record.is === 'whole' && (record.spanning < 0 || !this.isSwallowed(record, at)))
      return this.addQuoted(record, at);
    if (this.options.quote === 'auto' && this.options.delimiter === '\t') return this.addLine(at);
    if (record.is === 'open') throw this.neverClosed(at, record.start, final);
    return this.addDoubtful(record, at);
  }

  private addQuoted(record: QuotedRecord & { is: 'whole' }, at: number): number {
    const { cells, end, spanning, spanningCells } = record;
    if (end - at > MAX_ROW_LENGTH) throw this.tooLong();
    this.lines.find(end);
    const { next } = this.lines;
    this.add(cells);
    if (spanning >= 0) {
      this.find('spanning', spanningCells);
      this.moveAhead(countLineEnds(this.text.slice(at, end)));
    }
    return next;
  }

  /** Adds one line whose quotes are text where they do not end their cells. */
  private addLine(at: number, doubt?: string): number {
    if (!this.lines.find(at)) return -1;
    const { end, next } = this.lines;
    if (end - at > MAX_ROW_LENGTH) throw this.tooLong();
    const { cells, textQuotes } = readLeniently(this.text.slice(at, end), this.options.delimiter);
    this.add(cells, doubt);
    if (textQuotes > 0 && doubt === undefined) this.find('text', textQuotes);
    return next;
  }

  /**
   * Adds the lines of a record that may be one row or several. They are in doubt, and are told apart by their
   * cells. Where that cannot be, nobody knows to which orders they belong.
   */
  private addDoubtful(record: Exclude<QuotedRecord, { is: 'open' }>, from: number): number {
    const broken = record.is === 'broken';
    const last = broken ? record.at : record.end - 1;
    const ended = this.lines.find(last);
    if (!ended) return -1;
    const { end } = this.lines;
    const lines = splitLines(this.text.slice(from, end));
    const opening = broken ? record.start : this.openingOfSpan(from, end);
    const cell = JSON.stringify(this.text.slice(opening, opening + 24).replace(/[\r\n].*$/s, ''));
    const row = this.row + 1;
    const what = broken
      ? `has a broken quote: text follows the quote that ends the cell which begins with ${cell}`
      : `begins a cell with ${cell} that runs over ${lines.length} lines, and these look like rows`;
    const isTable = this.width > 1 && lines.every((line) => this.widthOf(line) === this.width);
    if (!isTable) throw new InputError(`${this.where(row)} ${what}. ${MENDING}`);
    const doubt = `the quote in row ${row}, line ${this.lineOf(row)}: it ${what}`;
    let at = from;
    for (const _ of lines) at = this.addLine(at, doubt);
    return at;
  }

  /** Whether the cells of a record that span lines have swallowed rows. */
  private isSwallowed(record: QuotedRecord & { is: 'whole' }, at: number): boolean {
    const { width } = this;
    if (this.options.quote !== 'auto' || width < 2) return false;
    const lines = splitLines(this.text.slice(at, record.end));
    const isRow = (line = '') =>
      this.widthOf(line) === width || line.split(this.options.delimiter).length === width;
    if (lines.slice(1, -1).some(isRow)) return true;
    const [first, last] = [isRow(lines[0]), isRow(lines.at(-1))];
    if (record.cells.length !== width) return first || last;
    return last && (first || record.spanning >= UNLIKELY_COLUMN);
  }

  private widthOf(line: string): number {
    return readLeniently(line, this.options.delimiter).cells.length;
  }

  private openingOfSpan(from: number, end: number): number {
    const at = this.text.indexOf('"', from);
    return at < 0 || at > end ? from : at;
  }

  private add(cells: string[], doubt?: string): void {
    const row = ++this.row;
    if (cells.length === 1 && cells[0] === '') return;
    if (this.width === 0 && row >= (this.options.headerRow ?? 1)) this.width = cells.length;
    this.rows.push(doubt === undefined ? { row, cells } : { row, cells, doubt });
  }

  private find(what: keyof QuoteFindings, cells: number): void {
    const found = this.findings[what];
    if (found.cells === 0) found.firstRow = this.row;
    found.cells += cells;
  }

  /** The next row begins so many lines further on than rows were counted. */
  private moveAhead(lines: number): void {
    this.ahead.push([this.row + 1, (this.ahead.at(-1)?.[1] ?? 0) + lines]);
  }

  private quoteFrom(at: number): number {
    if (this.options.quote === 'none') return NONE;
    const index = this.text.indexOf('"', at);
    return index < 0 ? NONE : index;
  }

  private where(row: number): string {
    return `Row ${row} (line ${this.lineOf(row)})`;
  }

  private tooLong(): InputError {
    return new InputError(
      `${this.where(this.row + 1)} is larger than ${MAX_ROW_LENGTH} characters; is a quote never closed?`,
    );
  }

  private neverClosed(at: number, start: number, final: boolean): InputError {
    if (!final && this.text.length - at > MAX_ROW_LENGTH) return this.tooLong();
    const row = this.row + 1;
    const cell = JSON.stringify(this.text.slice(start, start + 24).replace(/[\r\n].*$/s, ''));
    return new InputError(
      `A quote that opens in row ${row} is never closed (line ${this.lineOf(row)}, ${cell}). ${MENDING}`,
    );
  }
}

const MENDING =
  'A cell with quotes in it stands in quotes, and each one inside is doubled. Mend the file, or say ' +
  '--quote none where quotes are plain text';
