import { changedFrom, currentValue, timelineFrom, valueAt } from './timeline';

const moved = (...changes: [from: number, value: string][]) =>
  changes.reduce((timeline, [from, value]) => changedFrom(timeline, from, value), timelineFrom('begun'));

it('is what it began as until the first change', () => {
  expect(currentValue(timelineFrom('begun'))).toBe('begun');
  expect(valueAt(moved([10, 'a']), 9)).toBe('begun');
  expect(valueAt(moved([10, 'a']), 10)).toBe('a');
});

it('keeps what replaced a change that is dated back', () => {
  const timeline = moved([20, 'b'], [10, 'a']);
  expect([5, 10, 15, 20].map((at) => valueAt(timeline, at))).toEqual(['begun', 'a', 'a', 'b']);
  expect(currentValue(timeline)).toBe('b');
});

it('takes the later one of two changes of one time', () => {
  expect(currentValue(moved([10, 'a'], [10, 'b']))).toBe('b');
  expect(currentValue(moved([10, 'a'], [5, 'c'], [10, 'b']))).toBe('b');
});
