import { dateArray, int4Array, int8Array, numericArray, textArray, uuidArray } from './columns';

describe('a binary column', () => {
  it('of nothing has no dimension', () => {
    expect(textArray([]).toString('hex')).toBe('000000000000000000000019');
  });

  it('has a header, and lengths before the values', () => {
    const header = `${'00000001'}${'00000001'}${'00000019'}${'00000003'}${'00000001'}`;
    expect(textArray(['é', null, '']).toString('hex')).toBe(`${header}00000002c3a9ffffffff00000000`);
  });

  it('says that it has no nulls', () => {
    expect(int4Array([-2]).toString('hex')).toBe(
      '0000000100000000000000170000000100000001' + '00000004fffffffe',
    );
  });

  it.each([
    ['a fraction as int8', () => int8Array([0.5])],
    ['a number that is not exact as int8', () => int8Array([2 ** 53])],
    ['a bigint above 64 bits', () => int8Array([2n ** 63n])],
    ['33 bits as int4', () => int4Array([2 ** 31])],
    ['a fraction as numeric', () => numericArray([0.5])],
    ['no UUID', () => uuidArray(['0197b2f4-7c11-7abc-8def-0123456789ax'])],
    ['a UUID that is too long', () => uuidArray(['0197b2f4-7c11-7abc-8def-0123456789abff'])],
    ['a date without zeros', () => dateArray(['2024-1-1'])],
    ['a day that is none', () => dateArray(['2024-13-01'])],
    ['a time as date', () => dateArray(['2024-01-01T00:00'])],
  ])('refuses %s', (_, make) => {
    expect(make).toThrow(expect.objectContaining({ name: 'RangeError' }));
  });
});
