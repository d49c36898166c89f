import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { zip } from '../../../../test/support/zip';
import { rowFormat } from '../format-row';
import { openTable, type TableOptions } from '../table';
import { kindOfFormat, numberText } from './number-format';

const TYPE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const relations = (...all: [id: string, type: string, target: string][]): string =>
  `<Relationships>${all
    .map(([id, type, target]) => `<Relationship Id="${id}" Type="${TYPE}/${type}" Target="${target}"/>`)
    .join('')}</Relationships>`;

const STYLES =
  '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd\\.mm\\.yyyy\\ hh:mm"/>' +
  '<numFmt numFmtId="165" formatCode="[$€-407]\\ #,##0.00;[Red]&quot;days&quot;0"/></numFmts>' +
  '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>' +
  '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs>' +
  '</styleSheet>';

/** A workbook with sheets of these rows of cells, as XML. */
function workbook(sheets: Record<string, string>, { properties = '', strings = '' } = {}): Buffer {
  const names = Object.keys(sheets);
  return zip({
    '[Content_Types].xml': '<Types/>',
    '_rels/.rels': relations(['rId1', 'officeDocument', 'xl/workbook.xml']),
    'xl/workbook.xml': `<workbook>${properties}<sheets>${names
      .map((name, i) => `<sheet name="${name}" sheetId="${i + 1}" r:id="rId${i + 10}"/>`)
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relations(
      ['rId1', 'styles', 'styles.xml'],
      ['rId2', 'sharedStrings', '/xl/sharedStrings.xml'],
      ...names.map((_, i): [string, string, string] => [`rId${i + 10}`, 'worksheet', `worksheets/s${i}.xml`]),
    ),
    'xl/styles.xml': STYLES,
    'xl/sharedStrings.xml': `<sst>${strings}</sst>`,
    ...Object.fromEntries(
      names.map((name, i) => [
        `xl/worksheets/s${i}.xml`,
        `<?xml version="1.0"?><worksheet><sheetData>${sheets[name]}</sheetData></worksheet>`,
      ]),
    ),
  });
}

const text = (value: string): string => `<c t="inlineStr"><is><t>${value}</t></is></c>`;
const row = (...cells: string[]): string => `<row>${cells.join('')}</row>`;
const HEADER = row(text('id'), text('at'), text('price'));

async function read(bytes: Buffer, options?: TableOptions) {
  const table = await openTable('-', options, Readable.from([bytes]));
  const rows = [];
  for await (const batch of table.rows) rows.push(...batch);
  await table.close();
  return { ...table, rows, notes: table.notes() };
}

describe('a workbook', () => {
  it('has the rows of its first sheet, or of the one that is named', async () => {
    const bytes = workbook({ Orders: HEADER + row(text('A1')), Old: HEADER + row(text('B1')) });
    const first = await read(bytes);
    expect(first.header).toEqual(['id', 'at', 'price']);
    expect(first.rows).toEqual([{ row: 2, cells: ['A1', '', ''] }]);
    expect(first.notes).toEqual(['sheet "Orders" of a workbook; not read: "Old" (--sheet NAME)']);
    expect((await read(gzipSync(bytes), { sheet: 'Old' })).rows[0]?.cells[0]).toBe('B1');
    await expect(read(bytes, { sheet: 'New' })).rejects.toThrow(
      'has no sheet "New". It has: "Orders", "Old"',
    );
  });

  it('has texts, numbers, dates, truths and errors', async () => {
    const strings =
      '<si><t>plain &amp; _x0041_</t></si><si><r><t>ri</t></r><r><t>ch</t></r><rPh><t>no</t></rPh></si>';
    const cells = [
      '<c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c><c r="C2" t="str"><f>A2</f><v>of it</v></c>',
      '<c r="A3" s="1"><v>45352</v></c><c r="B3" s="2"><v>45352.4375</v></c><c s="3"><v>1234.5</v></c>',
      '<c r="A4"><v>0.10000000000000001</v></c><c r="B4" t="b"><v>1</v></c><c r="C4" t="e"><v>#N/A</v></c>',
      '<c r="A5" t="d"><v>2024-03-01</v></c><c r="B5"><v>123456789012345678</v></c><c r="C5"><v>1E-7</v></c>',
    ];
    const sheet = HEADER + cells.map((all, i) => `<row r="${i + 2}">${all}</row>`).join('');
    expect((await read(workbook({ S: sheet }, { strings }))).rows.map((one) => one.cells)).toEqual([
      ['plain & A', 'rich', 'of it'],
      ['2024-03-01', '2024-03-01T10:30:00', '1234.5'],
      ['0.1', 'TRUE', '#N/A'],
      // A spreadsheet keeps 15 digits: an id of 18 is not the one that it was.
      ['2024-03-01', '1.2345678901234568e+17', '0.0000001'],
    ]);
  });

  it('may count its days from 1904', async () => {
    const sheet = HEADER + row(text('A1'), '<c s="1"><v>43890</v></c>');
    const bytes = workbook({ S: sheet }, { properties: '<workbookPr date1904="1"/>' });
    expect((await read(bytes)).rows[0]?.cells[1]).toBe('2024-03-01');
  });

  it('has rows with their own numbers, a title before them, gaps, and nothing behind them', async () => {
    const sheet =
      `<row r="1">${text('Orders of March')}</row>` +
      `<row r="4">${text('id')}${text('at')}${text('price')}</row>` +
      '<row r="6"><c r="A6" t="str"><v>A1</v></c><c r="C6"><v>5</v></c><c r="F6" s="1"/></row>' +
      '<row r="7"><c r="A7"/></row>' +
      `<row r="9">${text('A2')}${text('x')}<c><v>7</v></c></row>`;
    const table = await read(workbook({ S: sheet }));
    expect(table.headerRow).toBe(4);
    expect(table.rows).toEqual([
      { row: 6, cells: ['A1', '', '5'] },
      { row: 9, cells: ['A2', 'x', '7'] },
    ]);
    const wide = await read(workbook({ S: HEADER + row(text('A1'), text('x'), text('5'), text('more')) }));
    expect(wide.rows[0]?.cells).toEqual(['A1', 'x', '5', 'more']);
    expect((await read(workbook({ S: sheet }), { headerRow: 6 })).header).toEqual(['A1', '', '5']);
  });

  it('with a formula that was never computed has a row in doubt', async () => {
    const sheet = HEADER + row(text('A1'), text('x'), '<c r="C2"><f>A1*2</f></c>');
    const [first] = (await read(workbook({ S: sheet }))).rows;
    expect(first?.doubt).toMatch(/row 2 has a formula without a value in column 3; open .* and save it/);
  });

  it('has rejects in CSV that are read again, whatever else was asked for', async () => {
    const { form, header } = await read(workbook({ S: HEADER }));
    const format = rowFormat(form);
    const bytes = Buffer.concat([
      format.start(),
      format.rows([
        ['row_number', 'document_id', 'reject_reason', ...header],
        ['2', 'Ä1', 'why', 'Ä1', '2024-03-01', '5'],
      ]),
    ]);
    const again = await read(bytes, { sheet: 'S', encoding: 'latin1', headerRow: 4 });
    expect(again.header).toEqual(header);
    expect(again.rows[0]?.cells).toEqual(['Ä1', '2024-03-01', '5']);
  });

  it('of many rows comes in batches', async () => {
    const many = Array.from({ length: 5_000 }, (_, i) => row(text(`A${i}`), '<c/>', '<c><v>1</v></c>')).join(
      '',
    );
    const { rows } = await read(workbook({ S: HEADER + many }));
    expect(rows).toHaveLength(5_000);
    expect(rows.at(-1)).toEqual({ row: 5_001, cells: ['A4999', '', '1'] });
  });

  it.each<[string, Buffer, RegExp]>([
    ['cut short', workbook({ S: HEADER }).subarray(0, 300), /is cut short or damaged/],
    ['no XML', workbook({ S: '<row><c></row>' }), /standard input is damaged: /],
    ['without a text', workbook({ S: row('<c t="s"><v>7</v></c>') }), /is damaged: it lacks text 7/],
    ['without rows', workbook({ S: '' }), /is empty: its sheet "S" has no header/],
    ['without sheets', workbook({}), /is a workbook without sheets/],
    ['binary', zip({ 'xl/workbook.bin': '' }), /binary Excel workbook \(\.xlsb\)/],
    ['OpenDocument', zip({ mimetype: '', 'content.xml': '' }), /OpenDocument file \(\.ods\)/],
    ['a zip of one', zip({ 'orders.csv': 'a,b' }), /zip archive of orders\.csv\. Unpack it/],
    [
      'a zip of two',
      zip({ 'a.csv': '', 'b.csv': '' }),
      /zip archive of 2 files \(a\.csv, b\.csv\)\. Unpack it/,
    ],
  ])('that is none or damaged is told so: %s', async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toThrow(message);
  });
});

describe('a number format', () => {
  it.each([
    [undefined, 0, 'number'],
    [undefined, 14, 'date'],
    [undefined, 22, 'date and time'],
    [undefined, 20, 'time'],
    ['General', 164, 'number'],
    ['0.00', 164, 'number'],
    ['#,##0.00 "days"', 164, 'number'],
    ['[$-409]d-mmm-yy;@', 164, 'date'],
    ['[Red]m/d/yyyy h:mm AM/PM', 164, 'date and time'],
    ['yyyy\\-mm\\-dd\\Thh:mm:ss.000', 164, 'date and time'],
    ['[h]:mm:ss', 164, 'time'],
    ['@', 164, 'number'],
  ])('%j (%i) is a %s', (code, id, kind) => {
    expect(kindOfFormat(id, code)).toBe(kind);
  });

  it.each([
    [1, 'date', '1900-01-01'],
    [59, 'date', '1900-02-28'],
    [60, 'date', '60'],
    [61, 'date', '1900-03-01'],
    [0.5, 'time', '12:00:00'],
    [45352.5, 'time', '2024-03-01T12:00:00'],
    [45352, 'date and time', '2024-03-01T00:00:00'],
    [45352.25, 'date', '2024-03-01T06:00:00'],
    [-1, 'date', '-1'],
    [243.98000000000002, 'number', '243.98000000000002'],
    [1e14, 'number', '100000000000000'],
    [-0.00000012, 'number', '-0.00000012'],
  ] as const)('%d as a %s is %s', (value, kind, expected) => {
    expect(numberText(value, kind, false)).toBe(expected);
  });
});
