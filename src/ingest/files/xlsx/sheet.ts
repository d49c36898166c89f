import type { Readable } from 'node:stream';
import { InputError } from '../../input-error';
import type { CsvRow } from '../csv-parser';
import { numberText } from './number-format';
import { unescaped, type Workbook } from './workbook';
import { readXml, type XmlHandler } from './xml';

const MAX_COLUMNS = 16_384;
const BATCH_ROWS = 1_000;

/**
 * Reads the rows of a sheet in batches, with the memory of a few. Rows have the numbers that a spreadsheet
 * shows, and those without a text are left out. A row with a formula that has no value is in doubt.
 * @throws InputError (while iterating) where the sheet is damaged
 */
export async function* readSheet(name: string, stream: Readable, book: Workbook): AsyncGenerator<CsvRow[]> {
  let rows: CsvRow[] = [];
  for await (const _ of readXml(
    name,
    stream,
    sheetHandler(name, book, (row) => rows.push(row)),
  )) {
    if (rows.length < BATCH_ROWS) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

interface Cell {
  column: number;
  type: string;
  style: number;
  text: string;
  hasFormula: boolean;
}

function sheetHandler(name: string, book: Workbook, onRow: (row: CsvRow) => void): XmlHandler {
  let row: CsvRow = { row: 0, cells: [] };
  let cell: Cell | undefined;
  let inText = false;
  let phonetic = false;
  return {
    open(tag, attributes) {
      if (tag === 'row') row = { row: Number(attributes.r ?? row.row + 1), cells: [] };
      else if (tag === 'c') cell = cellOf(attributes, row.cells.length, name);
      else if (tag === 'f' && cell) cell.hasFormula = true;
      else if (tag === 'rPh') phonetic = true;
      else if (tag === 'v' || tag === 't') inText = !phonetic;
    },
    text(text) {
      if (inText && cell) cell.text += text;
    },
    close(tag) {
      if (tag === 'v' || tag === 't') inText = false;
      else if (tag === 'rPh') phonetic = false;
      else if (tag === 'c' && cell) {
        while (row.cells.length < cell.column) row.cells.push('');
        row.cells[cell.column] = textOf(cell, book, name);
        if (cell.hasFormula && cell.text === '' && cell.type !== 'str')
          row.doubt = withoutValue(cell, row.row);
        cell = undefined;
      } else if (tag === 'row' && (row.doubt !== undefined || row.cells.some((text) => text !== '')))
        onRow(row);
    },
  };
}

function cellOf({ r, t = 'n', s = '0' }: Record<string, string>, next: number, name: string): Cell {
  const column = r === undefined ? next : columnOf(r);
  if (!(column >= 0 && column < MAX_COLUMNS)) throw new InputError(`${name} is damaged: it has a cell ${r}`);
  return { column, type: t, style: Number(s), text: '', hasFormula: false };
}

/** `AB12` is 27. */
function columnOf(reference: string): number {
  let column = 0;
  for (const letter of /^[A-Z]*/.exec(reference)?.[0] ?? '') column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

function textOf({ type, style, text }: Cell, { strings, kinds, from1904 }: Workbook, name: string): string {
  switch (type) {
    case 's': {
      const shared = strings[Number(text)];
      if (text === '' || shared === undefined)
        throw new InputError(`${name} is damaged: it lacks text ${text}`);
      return shared;
    }
    case 'b':
      return text === '1' ? 'TRUE' : 'FALSE';
    case 'n': {
      const value = Number(text);
      if (text === '' || !Number.isFinite(value)) return text;
      return numberText(value, kinds[style] ?? 'number', from1904);
    }
    default:
      return unescaped(text);
  }
}

const withoutValue = ({ column }: Cell, row: number): string =>
  `row ${row} has a formula without a value in column ${column + 1}; ` +
  'open the file in a spreadsheet and save it';
