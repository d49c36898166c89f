import { isNullWord } from './null-words';

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
});
