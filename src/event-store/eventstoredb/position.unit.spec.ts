import { ForeignPositionError } from '../errors';
import { fromPosition, toPosition } from './position';

const at = (offset: bigint) => ({ commit: offset, prepare: offset });

it('makes text that compares as the offsets do', () => {
  const offsets = [0n, 9n, 10n, 1_048_576n, 2n ** 53n, 2n ** 63n - 1n];
  const positions = offsets.map((offset) => toPosition(at(offset)));
  expect([...positions].sort()).toEqual(positions);
  expect(positions.map(fromPosition)).toEqual(offsets.map(at));
});

it.each([undefined, at(2n ** 64n - 1n), at(2n ** 63n)])('makes none of %p', (position) => {
  expect(() => toPosition(position)).toThrow('without its position');
});

it.each([null, ''])('takes %p for the start', (position) => {
  expect(fromPosition(position)).toBe('start');
});

it.each(['1', 'C:1/P:1', '0000000000000000001', '99999999999999999999', '-0000000000000000001'])(
  'refuses %s',
  (position) => {
    expect(() => fromPosition(position)).toThrow(ForeignPositionError);
  },
);
