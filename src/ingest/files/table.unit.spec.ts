import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { InputError } from '../input-error';
import { byteOrderMark, type Encoding, encodeText } from './encoding';
import { rowFormat } from './format-row';
import { openTable, type TableOptions } from './table';

interface Read {
  header: string[];
  rows: string[][];
  numbers: number[];
  doubts: (string | undefined)[];
  notes: string[];
  form: Awaited<ReturnType<typeof openTable>>['form'];
}

async function read(content: string | Buffer, options?: TableOptions): Promise<Read> {
  const bytes = Buffer.from(content as string);
  const table = await openTable('-', options, Readable.from(bytes.length === 0 ? [] : [bytes]));
  const all = [];
  for await (const batch of table.rows) all.push(...batch);
  await table.close();
  return {
    header: table.header,
    rows: all.map(({ cells }) => cells),
    numbers: all.map(({ row }) => row),
    doubts: all.map(({ doubt }) => doubt),
    notes: table.notes(),
    form: table.form,
  };
}

const caseFile = (name: string): Buffer =>
  readFileSync(path.join(__dirname, '../../../test/cases/csv', name));
const lines = (...texts: string[]): string => texts.map((text) => `${text}\n`).join('');

describe('a file of the cases', () => {
  it.each(['tsv-swallow.tsv', 'tsv-swallow2.tsv'])('%s has three orders', async (name) => {
    const { header, rows, doubts, notes } = await read(caseFile(name));
    const price = header.indexOf('unit_price');
    expect(rows.map((cells) => cells[price])).toEqual(['1.00', '20.00', '300.00']);
    expect(doubts).toEqual([undefined, undefined, undefined]);
    expect(notes).toContain(
      'cells with quotes that do not balance, which are text: 1 (first: row 2, line 2)',
    );
  });

  it.each([
    ['rawquote.tsv', ['"Big" pan']],
    ['rawquote2.tsv', ['12" pan']],
    ['rawquote3.tsv', ['"Big pan', 'Blue mug', 'small" cup']],
    ['rawquote.csv', ['12" pan', 'Blue mug']],
  ])('%s has its names with their quotes', async (name, names) => {
    const { header, rows, doubts } = await read(caseFile(name));
    expect(rows.map((cells) => cells[header.indexOf('product_name')])).toEqual(names);
    expect(doubts.filter(Boolean)).toEqual([]);
  });

  it('preamble.csv has its header in row 4', async () => {
    const { header, rows, numbers, notes } = await read(caseFile('preamble.csv'));
    expect(header.slice(0, 2)).toEqual(['order_id', 'ordered_at']);
    expect([rows[0]?.[0], numbers]).toEqual(['PR1', [5]]);
    expect(notes).toContain('the header is row 4; rows before it were left out');
  });

  it('sep.csv and german.csv have semicolons', async () => {
    for (const name of ['sep.csv', 'german.csv']) {
      const { header, rows, numbers, form } = await read(caseFile(name));
      expect(rows[0]?.[header.indexOf('unit_price')]).toBe('7,50');
      expect([numbers, form.delimiter, form.separatorLine]).toEqual([[2], ';', name === 'sep.csv']);
    }
  });

  it('utf16be.csv is read without being asked', async () => {
    const { rows, notes } = await read(caseFile('utf16be.csv'));
    expect(rows[0]?.[0]).toBe('E3');
    expect(notes).toContain('the text is utf-16be');
  });

  it('rd.csv says its encoding', async () => {
    await expect(read(caseFile('rd.csv'))).rejects.toThrow(
      /byte 0xe9 .*line 2\. It reads "Café" with --encoding windows-1252/,
    );
    const { header, rows } = await read(caseFile('rd.csv'), { encoding: 'latin1' });
    expect(rows[0]?.[header.indexOf('product_name')]).toBe('Café crème');
  });

  it.each([
    ['orders.xls', /is an old Excel workbook \(\.xls\), or one with a password\. .*save it as \.xlsx/],
    ['orders.csv.bz2', /is compressed by bzip2\. .*bunzip2/],
    ['orders.xlsx', /is a workbook without sheets, or a damaged one\. Open it .* save it again/],
    ['orders.json', /is JSON\. Make CSV of it\. .*jq -r/],
  ])('%s is told what it is', async (name, message) => {
    const attempt = read(caseFile(name));
    await expect(attempt).rejects.toBeInstanceOf(InputError);
    await expect(attempt).rejects.toThrow(message);
    await expect(read(gzipSync(caseFile(name)))).rejects.toThrow(message);
  });
});

describe('a file that is no table', () => {
  it.each([
    ['%PDF-1.7 ...', /is a PDF document/],
    ['<!DOCTYPE html>\n<html><body><table>', /is an HTML page, whatever its name says/],
    ['\uFEFF<table><tr><td>order_id', /is an HTML page/],
    ['<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook xmlns=""', /XML of 2003/],
    ['<?xml version="1.0"?><orders>', /is XML\./],
    ['{"orders": []}', /is JSON/],
    ['[\n  {\n', /is JSON/],
    [Buffer.from('28b52ffd0058', 'hex'), /Zstandard/],
    [Buffer.from('377abcaf271c00', 'hex'), /7-Zip/],
    ['PAR1....', /Parquet/],
    ['SQLite format 3\0', /SQLite/],
  ])('is told what it is: %j', async (content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });

  it('has no header', async () => {
    await expect(read('')).rejects.toThrow('Standard input is empty: it has no header');
    await expect(read('\n\n')).rejects.toThrow('is empty');
    await expect(read('a,b\n1,2\n', { headerRow: 9 })).rejects.toThrow(
      'standard input has no row 9, which should be its header',
    );
  });
});

describe('the header', () => {
  const data = ['A1,2024-01-01,5.00', 'A2,2024-01-02,6.00'];

  it.each([
    [['Title', '', 'id,date,price', ...data], 3],
    [['Orders,,', 'From 1 March,,', 'id,date,price', ...data], 3],
    [['id,date,price', ...data], 1],
    // A row of data is no header, however short the first row is.
    [['id', ...data], 1],
    // Where rows below it have another number of cells, nothing is certain.
    [['Title', 'id,date,price', 'x,y', 'z,y'], 1],
  ])('%j is in row %i', async (texts, row) => {
    const { header } = await read(lines(...texts));
    expect(header[0]).toBe(texts[row - 1]?.split(',')[0]);
  });

  it('is where it was said to be', async () => {
    const text = lines('a,b,c', 'id,date,price', ...data);
    expect((await read(text)).header).toEqual(['a', 'b', 'c']);
    expect((await read(text, { headerRow: 2 })).header).toEqual(['id', 'date', 'price']);
  });

  it('of a file of rejected rows is that of the original', async () => {
    const text = lines('row_number,document_id,reject_reason,id,date', '7,A1,why,A1,2024-01-01');
    for (const headerRow of [undefined, 4]) {
      const { header, rows, numbers, notes } = await read(text, { headerRow });
      expect({ header, rows, numbers }).toEqual({
        header: ['id', 'date'],
        rows: [['A1', '2024-01-01']],
        numbers: [2],
      });
      expect(notes).toContain('a file of rejected rows: its first three columns were left out');
    }
  });
});

describe('the delimiter', () => {
  it.each([',', ';', '\t', '|'])('is found: %j', async (delimiter) => {
    const rows = ['id,note,price', 'A1,"a, b; c|d\te",5', 'A2,x,"7,5"'].map((row) =>
      row.replace(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/g, delimiter),
    );
    const found = await read(lines(...rows));
    expect(found.form.delimiter).toBe(delimiter);
    expect(found.rows).toEqual([
      ['A1', 'a, b; c|d\te', '5'],
      ['A2', 'x', '7,5'],
    ]);
  });

  it('is that of the row that most rows agree with, not the most frequent character', async () => {
    const { form } = await read(lines('id;total;note', '1;7,50;a,b,c,d', '2;8,50;e,f', '3;1,00;g'));
    expect(form.delimiter).toBe(';');
  });

  it('is a comma where nothing tells', async () => {
    expect((await read(lines('id', '1'))).form.delimiter).toBe(',');
  });

  it('may be another one, asked for or named by the file', async () => {
    expect((await read('id~b\n1~2\n', { delimiter: '~' })).rows).toEqual([['1', '2']]);
    expect((await read('"sep=~"\r\nid~b\r\n1~2\r\n')).rows).toEqual([['1', '2']]);
  });
});

describe('lines', () => {
  it('are those of the file, also below cells that span some, and a first line of its own', async () => {
    const text = 'sep=;\nid;note\n1;"a\nb"\n2;c\n';
    const table = await openTable('-', {}, Readable.from([Buffer.from(text)]));
    for await (const _ of table.rows);
    expect([1, 2, 3].map((row) => table.lineOf(row))).toEqual([2, 3, 5]);
    expect(table.notes()).toContain('cells that span lines: 1 (first: row 2, line 3)');
  });
});

describe('rows that are written in the form of a file', () => {
  const CELL = fc.string({ unit: fc.constantFrom('a', 'é', '1', ' ', ',', ';', '\t', '|', '"', '\n') });
  const FORM = fc.record({
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    lineEnd: fc.constantFrom('\n', '\r\n'),
    quoteAll: fc.boolean(),
    separatorLine: fc.boolean(),
    encoding: fc.constantFrom<Encoding>('utf-8', 'latin1', 'windows-1252', 'utf-16le', 'utf-16be'),
    bom: fc.boolean(),
  });

  it('are read again as they were, and their form is found', async () => {
    await fc.assert(
      fc.asyncProperty(FORM, fc.array(fc.tuple(CELL, CELL, CELL)), async (given, table) => {
        const marked = given.encoding.startsWith('utf');
        const form = { ...given, bom: marked && given.bom, quote: '"' as const };
        const format = rowFormat(form);
        const header = ['id', 'note', 'price'];
        const bytes = Buffer.concat([format.start(), format.rows([header, ...table])]);
        const again = await read(bytes, { encoding: form.encoding, quote: '"' });
        expect(again.header).toEqual(header);
        expect(again.rows).toEqual(table);
        expect(again.form).toMatchObject(form);
      }),
    );
  });

  it('keep their rows where quotes mean nothing', async () => {
    const { form } = await read('id\tnote\n1\t"x\n', { quote: 'none' });
    const text = rowFormat(form).rows([['2', 'a\tb\n"c']]);
    expect(text.toString()).toBe('2\ta b "c\n');
  });

  it('lose what an encoding lacks, and nothing else', () => {
    expect(encodeText('€ Ł é', 'latin1').toString('latin1')).toBe('? ? é');
    expect(byteOrderMark('latin1')).toHaveLength(0);
  });
});
