import { countNullWords, isNullWord, nullWords } from './null-words';

describe('a word for a missing value', () => {
  it.each([
    'NULL',
    'null',
    'Null',
    'N/A',
    'n/a',
    'NA',
    '-',
    '--',
    'none',
    'nan',
    'NaN',
    '#N/A',
    '\\N',
    '(null)',
  ])('%s is known', (word) => {
    expect(isNullWord(word)).toBe(true);
  });

  it.each(['', 'Nullarbor', 'Nancy', 'NL', '-1', '0', 'Unknown Pleasures', 'nonesuch'])(
    '%j is none',
    (word) => {
      expect(isNullWord(word)).toBe(false);
    },
  );

  it('is what the user says, in any case', () => {
    const isNull = nullWords(['NULL', 'N/A', '-']);
    expect(['null', 'n/a', '-', 'none', ''].map(isNull)).toEqual([true, true, true, false, false]);
  });

  it('is counted by column and word', () => {
    const words = countNullWords();
    for (const [i, text] of ['NULL', 'ada', 'N/A', 'NULL'].entries()) words.take('customer_id', text, i + 2);
    words.take('region', 'NULL', 2);
    expect(words.counts()).toEqual([
      { column: 'customer_id', value: 'NULL', rows: 2, firstRow: 2 },
      { column: 'customer_id', value: 'N/A', rows: 1, firstRow: 4 },
      { column: 'region', value: 'NULL', rows: 1, firstRow: 2 },
    ]);
  });
});
