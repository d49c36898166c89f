import { Readable } from 'node:stream';
import { InputError } from '../input-error';
import type { QuoteMode } from './csv-parser';
import { type CsvRow, readRows } from './rows';

async function rows(text: string, delimiter = ',', quote: QuoteMode = '"'): Promise<CsvRow[]> {
  const all: CsvRow[] = [];
  const chunks = Readable.from([text]) as AsyncIterable<string>;
  for await (const batch of readRows(chunks, { delimiter, quote })) all.push(...batch);
  return all;
}

describe('the rows of a CSV file', () => {
  it('are numbered from the header, which is 1, with empty lines counted', async () => {
    expect(await rows('a,b\n1,2\n\n3,4\n')).toEqual([
      { row: 1, cells: ['a', 'b'] },
      { row: 2, cells: ['1', '2'] },
      { row: 4, cells: ['3', '4'] },
    ]);
  });

  it('may end in any way, and the last one not at all', async () => {
    const cells = (await rows('a\r\nb\nc\rd')).map((row) => row.cells[0]);
    expect(cells).toEqual(['a', 'b', 'c', 'd']);
  });

  it('may have quotes, with delimiters, line ends and doubled quotes inside', async () => {
    expect(await rows('"a,b","c\nd","6"" ruler"\nx,y,z\n')).toEqual([
      { row: 1, cells: ['a,b', 'c\nd', '6" ruler'] },
      { row: 2, cells: ['x', 'y', 'z'] },
    ]);
  });

  it('may have another delimiter, and any number of cells', async () => {
    expect((await rows('a;b\n1\n1;2;3\n', ';')).map(({ cells }) => cells.length)).toEqual([2, 1, 3]);
  });

  it('come in batches without losing any', async () => {
    const text = Array.from({ length: 2_345 }, (_, i) => `${i},x\n`).join('');
    const all = await rows(text);
    expect(all).toHaveLength(2_345);
    expect(all.at(-1)).toEqual({ row: 2_345, cells: ['2344', 'x'] });
  });

  it.each([
    ['text after a closing quote', 'a,b\n"1"x,2,3\n', /Row 2 \(line 2\) has a broken quote.*"\\"1\\"x,2,3"/],
    ['a quote that is never closed', 'a,b\n1,2\n3,"4\n5,6\n', /quote that opens in row 3 is never closed/],
    [
      'an endless row',
      `a,b\n1,"${'x'.repeat(1_100_000)}"\n`,
      /Row 2 \(line 2\) is larger than 1048576 characters/,
    ],
  ])('are refused for %s', async (_, text, message) => {
    await expect(rows(text)).rejects.toBeInstanceOf(InputError);
    await expect(rows(text)).rejects.toThrow(message);
  });

  it('of nothing are none', async () => {
    expect(await rows('')).toEqual([]);
    expect(await rows('\n\n')).toEqual([]);
  });

  it('pass on why their text cannot be read', async () => {
    const broken = (async function* () {
      yield 'a,b\n';
      throw new InputError('gone');
    })();
    const read = async () => {
      for await (const _ of readRows(broken, { delimiter: ',', quote: 'auto' }));
    };
    await expect(read()).rejects.toThrow(new InputError('gone'));
  });

  // Half a megabyte of line ends took half a minute.
  it('cost no more where they are empty or ragged', async () => {
    const header =
      'order_id,ordered_at,country,currency,product_id,product_name,category,unit_price,quantity\n';
    const costOf = async (line: string) => {
      const before = process.cpuUsage();
      await rows(header + line.repeat(50_000));
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    const full = await costOf('S-1,2024-01-01T10:00:00Z,France,EUR,mug,Blue mug,Kitchen,7.50,2\n');
    expect(await costOf('\n')).toBeLessThan(2 * full);
    expect(await costOf('\r\n')).toBeLessThan(2 * full);
    expect(await costOf('S-1,2024\n')).toBeLessThan(2 * full);
  });

  it('are all there around many empty and ragged ones', async () => {
    const all = await rows(`a,b,c\n${'\n'.repeat(5_000)}1\n${'\r\n'.repeat(5_000)}1,2,3,4\n`);
    expect(all).toEqual([
      { row: 1, cells: ['a', 'b', 'c'] },
      { row: 5_002, cells: ['1'] },
      { row: 10_003, cells: ['1', '2', '3', '4'] },
    ]);
  });
});
