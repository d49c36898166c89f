import type { QueryColumn } from '../../warehouse/target/query-answer';
import { cellsOf, harmless, withDigits } from './cells';

const money = (name: string): QueryColumn => ({ name, type: 'DECIMAL(18,4)', isNumber: true, scale: 4 });
const other = (name: string): QueryColumn => ({ name, type: 'VARCHAR', isNumber: false, scale: undefined });

test.each([
  ['12.5000', 2, '12.50'],
  ['1500.0000', 0, '1500'],
  ['-0.1230', 3, '-0.123'],
  ['12.3456', 2, '12.3456'],
  ['7', 2, '7.00'],
  ['12345678901234567890123456789012.1000', 2, '12345678901234567890123456789012.10'],
])('%s with %d decimals is %s: none is lost', (text, digits, shown) => {
  expect(withDigits(text, digits)).toBe(shown);
});

test('an amount has the decimals of the currency of its row, or of the reporting currency', () => {
  const columns = [other('currency'), money('net'), money('net_reporting'), other('year')];
  const { textsOf } = cellsOf(columns, 3);
  expect(textsOf(['JPY', '1500.0000', '9.5000', 2025])).toEqual(['JPY', '1500', '9.500', '2025']);
  expect(textsOf(['EUR', '1500.0000', null, 2025])).toEqual(['EUR', '1500.00', null, '2025']);
  expect(textsOf([null, '1500.0000', '0.0000', null])).toEqual([null, '1500.000', '0.000', null]);
});

test('an amount without a currency is in the reporting currency, or as stored where that is unknown', () => {
  expect(cellsOf([money('net')], 2).textsOf(['1.0000'])).toEqual(['1.00']);
  expect(cellsOf([money('net')], undefined).textsOf(['1.0000'])).toEqual(['1.0000']);
});

test('a rate keeps its decimals', () => {
  expect(cellsOf([{ ...money('exchange_rate'), scale: 10 }], 2).textsOf(['1.1500000000'])).toEqual([
    '1.1500000000',
  ]);
});

test.each(['=1+2', '+1', '-1', '@sum', '\t=1', '\r=1'])('%j is made harmless', (text) => {
  expect(harmless(text)).toBe(`'${text}`);
});

test.each(['', 'a=1', ' =1', '5-1', "'=1"])('%j is left as it is', (text) => {
  expect(harmless(text)).toBe(text);
});
