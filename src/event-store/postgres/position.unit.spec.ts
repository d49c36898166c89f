import { ForeignPositionError } from '../errors';
import { fromPosition, toPosition } from './position';

it.each(['1', '999', '1000', '9223372036854775807'])(
  'pads %s so that it compares as text, and back',
  (decimal) => {
    expect(toPosition(decimal)).toHaveLength(19);
    expect(fromPosition(toPosition(decimal))).toBe(decimal);
  },
);

it('orders as the numbers do', () => {
  const numbers = ['1', '2', '9', '10', '99', '100', '12345678901'];
  expect([...numbers].map(toPosition).sort()).toEqual(numbers.map(toPosition));
});

it('takes the position before every event', () => {
  expect([fromPosition(null), fromPosition('')]).toEqual(['0', '0']);
});

it.each(['12', 'C:1/P:1', '00000000000000000012', ' 000000000000000001'])('refuses %j', (position) => {
  expect(() => fromPosition(position)).toThrow(ForeignPositionError);
});
