import fc from 'fast-check';
import type { ColumnType } from '../columns/table-definition';
import { encodeLower, encodeUpper, encodeValue } from './single-value';

const decimal: ColumnType = { kind: 'decimal', precision: 38, scale: 2 };
const string: ColumnType = { kind: 'string' };
const hex = (type: ColumnType, value: number | bigint | boolean | string) =>
  encodeValue(type, value).toString('hex');

describe('a value in binary', () => {
  it.each([
    // Examples of the specification's appendix D and of its reference implementation.
    [decimal, 0, '00'],
    [decimal, 1420, '058c'],
    [decimal, -1420, 'fa74'],
    [decimal, 127, '7f'],
    [decimal, 128, '0080'],
    [decimal, -128, '80'],
    [decimal, -129, 'ff7f'],
    [{ kind: 'int' }, 34, '22000000'],
    [{ kind: 'int' }, -1, 'ffffffff'],
    [{ kind: 'date' }, 17_501, '5d440000'],
    [{ kind: 'long' }, 34, '2200000000000000'],
    [{ kind: 'timestamptz' }, 1, 'e803000000000000'],
    [{ kind: 'boolean' }, true, '01'],
    [{ kind: 'boolean' }, false, '00'],
    [string, 'ß€', 'c39fe282ac'],
  ] as [ColumnType, number | bigint | boolean | string, string][])('%j %s is %s', (type, value, expected) => {
    expect(hex(type, value)).toBe(expected);
  });

  it('is a decimal that reads back as it was', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }), (unscaled) => {
        const bytes = encodeValue(decimal, unscaled);
        const read = BigInt.asIntN(8 * bytes.length, BigInt(`0x${bytes.toString('hex')}`));
        expect(read).toBe(unscaled);
      }),
    );
  });
});

describe('the bounds of a text', () => {
  it('keep 16 characters, the upper one rounded up', () => {
    expect(encodeLower(string, 'abcdefghijklmnopqrst').toString()).toBe('abcdefghijklmnop');
    expect(encodeUpper(string, 'abcdefghijklmnopqrst')?.toString()).toBe('abcdefghijklmnoq');
    expect(encodeUpper(string, 'abcdefghijklmnop')?.toString()).toBe('abcdefghijklmnop');
  });

  it('round up the character before one that has none after it', () => {
    const last = '\u{10ffff}';
    expect(encodeUpper(string, `a${last.repeat(20)}`)?.toString()).toBe('b');
    expect(encodeUpper(string, last.repeat(20))).toBeUndefined();
    expect(encodeUpper(string, '\ud7ff'.repeat(20))?.toString()).toBe(`${'\ud7ff'.repeat(15)}\ue000`);
  });

  it('hold the text between them, as UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 0, maxLength: 40 }), (text) => {
        const upper = encodeUpper(string, text);
        expect(Buffer.compare(encodeLower(string, text), Buffer.from(text))).toBeLessThanOrEqual(0);
        if (upper) expect(Buffer.compare(upper, Buffer.from(text))).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
