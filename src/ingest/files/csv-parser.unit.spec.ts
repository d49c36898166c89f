import fc from 'fast-check';
import { CsvParser, type CsvRow, type QuoteMode } from './csv-parser';

interface Read {
  rows: CsvRow[];
  parser: CsvParser;
}

function read(text: string, delimiter = ',', quote: QuoteMode = 'auto', chunk = 1_000_000): Read {
  const parser = new CsvParser({ delimiter, quote });
  const rows: CsvRow[] = [];
  for (let at = 0; at < text.length; at += chunk) rows.push(...parser.push(text.slice(at, at + chunk)));
  rows.push(...parser.push('', true));
  return { rows, parser };
}

const cellsOf = ({ rows }: Read): string[][] => rows.map(({ cells }) => cells);
const doubtful = ({ rows }: Read): number[] =>
  rows.filter(({ doubt }) => doubt !== undefined).map(({ row }) => row);
const lines = (...texts: string[]): string => texts.map((text) => `${text}\n`).join('');

describe('a quote', () => {
  it('in a cell that does not begin with one is text', () => {
    expect(cellsOf(read(lines('a,b,c', '1,12" pan,"x"', '2, "y",6"')))).toEqual([
      ['a', 'b', 'c'],
      ['1', '12" pan', 'x'],
      ['2', ' "y"', '6"'],
    ]);
  });

  it('means nothing where it was said so', () => {
    expect(cellsOf(read(lines('a,b', '"1,2', '"x","y"'), ',', 'none'))).toEqual([
      ['a', 'b'],
      ['"1', '2'],
      ['"x"', '"y"'],
    ]);
  });
});

describe('a quote too many', () => {
  const header = 'id,message,price,quantity';

  it('puts the rows up to the next quote in doubt, and no others', () => {
    const file = read(
      lines(header, '1,a,1,1', '2,"Happy,2,2', '3,b,3,3', '4,love from "Jo",4,4', '5,"c, d",5,5'),
    );
    expect(cellsOf(file)).toHaveLength(6);
    // The quote of row 3 runs to that of row 6: all between may be text.
    expect(doubtful(file)).toEqual([3, 4, 5]);
    expect(file.rows[2]?.doubt).toMatch(/row 3, line 3: it has a broken quote.*"\\"Happy,2,2"/);
    expect(file.rows[3]?.doubt).toBe(file.rows[2]?.doubt);
    expect(cellsOf(file).at(-1)).toEqual(['5', 'c, d', '5', '5']);
  });

  it('makes no order of three, where another one closes the cell', () => {
    const file = read(lines(header, '1,"Happy birthday,1.00,1', '2,,20.00,1', '3,to my love",300.00,5'));
    expect(doubtful(file)).toEqual([2, 3, 4]);
    expect(file.rows[1]?.doubt).toMatch(/runs over 3 lines, and these look like rows/);
    expect(cellsOf(file)[3]).toEqual(['3', 'to my love"', '300.00', '5']);
  });

  it('refuses the file where lines do not tell rows apart, or where nothing closes it', () => {
    const attempt = (text: string) => () => read(text);
    expect(attempt(lines(header, '1,"a', 'said "b" and', 'c",1,1'))).toThrow(
      /Row 2 \(line 2\) has a broken quote: text follows.*"\\"a"\. .*--quote none/,
    );
    expect(attempt(lines(header, '1,"a,1,1', '2,b,1,1'))).toThrow(
      /A quote that opens in row 2 is never closed \(line 2, "\\"a,1,1"\).*--quote none/,
    );
    const long = lines(header, '1,"a,1,1', ...Array(100_000).fill('2,b,33,4444'));
    expect(attempt(long)).toThrow(
      /Row 2 \(line 2\) is larger than 1048576 characters; is a quote never closed/,
    );
  });

  it('is text between tabs', () => {
    const file = read(
      lines(header, '1,"Big" pan,1,1', '2,"Big,2,2', '3,love",3,3').replaceAll(',', '\t'),
      '\t',
    );
    expect(cellsOf(file).slice(1)).toEqual([
      ['1', '"Big" pan', '1', '1'],
      ['2', '"Big', '2', '2'],
      ['3', 'love"', '3', '3'],
    ]);
    expect(doubtful(file)).toEqual([]);
    expect(file.parser.findings.text).toEqual({ cells: 2, firstRow: 2 });
  });

  it.each([1, 2, 3, 7])('is the same in chunks of %i', (chunk) => {
    const text = lines(header, '1,"Happy,1,1', '2,"x""y",20,1', '3,"to\r\nmy",300,5', '4,a "b",1,1');
    expect(read(text, ',', 'auto', chunk).rows).toEqual(read(text).rows);
    const tabs = text.replaceAll(',', '\t');
    expect(read(tabs, '\t', 'auto', chunk).rows).toEqual(read(tabs, '\t').rows);
  });
});

describe('a cell that spans lines', () => {
  const text = lines('id,address,price,quantity', '1,"Main St 5', 'Berlin, Germany",1,1', '2,x,1,1');

  it('is read and counted, and the rows below it know their lines', () => {
    const file = read(text);
    expect(doubtful(file)).toEqual([]);
    expect(cellsOf(file)[1]).toEqual(['1', 'Main St 5\nBerlin, Germany', '1', '1']);
    expect(file.parser.findings.spanning).toEqual({ cells: 1, firstRow: 2 });
    expect([1, 2, 3].map((row) => file.parser.lineOf(row))).toEqual([1, 2, 4]);
  });

  it('is taken whatever its lines look like where quotes were said to hold', () => {
    const file = read(lines('id,message,price', '1,"x,2', '3,y",4'), ',', '"');
    expect(cellsOf(file)[1]).toEqual(['1', 'x,2\n3,y', '4']);
    expect(doubtful(file)).toEqual([]);
  });
});

const ANY_CELL = fc.string({
  unit: fc.constantFrom('a', 'é', '1', '.', ' ', ',', ';', '\t', '|', '"', '\n', '\r'),
});
const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;

describe('any table', () => {
  it('that is written in any dialect is read as it was', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }).chain((width) =>
          fc.array(fc.array(ANY_CELL, { minLength: width, maxLength: width }), {
            minLength: 1,
            maxLength: 8,
          }),
        ),
        fc.constantFrom(',', ';', '\t', '|'),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.boolean(),
        fc.integer({ min: 1, max: 40 }),
        (table, delimiter, lineEnd, quoteAll, chunk) => {
          const needsQuotes = (cell: string) => quoteAll || /["\r\n,;\t|]/.test(cell);
          const text = table
            .map(
              (cells) =>
                cells.map((cell) => (needsQuotes(cell) ? quoted(cell) : cell)).join(delimiter) + lineEnd,
            )
            .join('');
          const rows = table.filter((cells) => cells.length > 1 || cells[0] !== '');
          expect(cellsOf(read(text, delimiter, '"', chunk))).toEqual(rows);
        },
      ),
    );
  });

  const PLAIN = fc.string({ unit: fc.constantFrom('a', 'b', '1', ' ', '.'), maxLength: 6 });
  const TABLE = fc.array(fc.array(PLAIN, { minLength: 4, maxLength: 4 }), { minLength: 2, maxLength: 12 });

  /** Reads a table with quotes put in. @returns each row that is certain, with the numbers of those in it */
  function corrupted(cells: string[][], places: number[], delimiter: string, from: number) {
    const table = cells.map(([, ...rest], i) => [String.fromCharCode(0x4e00 + i), ...rest]);
    let text = lines(...table.map((row) => row.join(delimiter)));
    const start = from === 0 ? 0 : text.indexOf('\n') + 1;
    for (const place of places) {
      const at = start + (place % (text.length - start));
      text = `${text.slice(0, at)}"${text.slice(at)}`;
    }
    const file = read(text, delimiter);
    // A row with another number of cells than the header is refused.
    const width = file.rows[0]?.cells.length;
    const certain = file.rows.filter(({ row, doubt }) => row > 1 && doubt === undefined);
    const used = certain.filter(({ cells }) => cells.length === width);
    const rowsIn = used.map((row) => row.cells.join('').match(/[\u4e00-\u4fff]/g)?.length);
    return { file, rowsIn, rows: table.length };
  }

  const refusedOr = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      expect((error as Error).message).toMatch(/row \d+/i);
      return undefined;
    }
  };

  it.each([',', ';', '\t', '|'])(
    'with two quotes anywhere below its header keeps its rows apart (%j)',
    (delimiter) => {
      fc.assert(
        fc.property(TABLE, fc.array(fc.nat(), { minLength: 1, maxLength: 2 }), (cells, places) => {
          const read = refusedOr(() => corrupted(cells, places, delimiter, 1));
          for (const rows of read?.rowsIn ?? []) expect(rows).toBe(1);
        }),
        { numRuns: 200 },
      );
    },
  );

  it.each([',', ';', '\t', '|'])('with quotes anywhere loses no row unsaid (%j)', (delimiter) => {
    fc.assert(
      fc.property(TABLE, fc.array(fc.nat(), { maxLength: 5 }), (cells, places) => {
        const read = refusedOr(() => corrupted(cells, places, delimiter, 0));
        if (read === undefined || read.file.parser.findings.spanning.cells > 0) return;
        for (const rows of read.rowsIn) expect(rows).toBe(1);
        expect(read.file.rows.at(-1)?.row).toBe(read.rows);
      }),
      { numRuns: 200 },
    );
  });
});
