import { connectionFrom, encodeCursor, pageOf, startPosition } from './cursor';

const POSITION = '0000000000000000042';
const anyText = () => true;

describe('a page', () => {
  it('is 50 rows from the start where nothing is said', () => {
    expect(pageOf({})).toEqual({ first: 50, after: null });
    expect(pageOf({ first: null, after: null })).toEqual({ first: 50, after: null });
  });

  it('goes on behind a cursor', () => {
    expect(pageOf({ first: 7, after: encodeCursor(POSITION) })).toEqual({ first: 7, after: POSITION });
    expect(pageOf({ after: encodeCursor('Zoë/ß?') }, anyText).after).toBe('Zoë/ß?');
  });

  it.each([0, -1, 1_001])('refuses first: %d', (first) => {
    expect(() => pageOf({ first })).toThrow('first: must be from 1 to 1000');
  });

  it.each(['', '!', 'MQ==', encodeCursor('ada'), `${encodeCursor(POSITION)}A`])(
    'refuses %p as a cursor of positions',
    (after) => {
      expect(() => pageOf({ after })).toThrow('after: this is no cursor of this list');
    },
  );
});

describe('a position to go on from', () => {
  it('may be any position, or the one before the first event', () => {
    expect(startPosition(POSITION)).toBe(POSITION);
    expect(startPosition('')).toBe('');
    expect(startPosition(undefined)).toBeNull();
  });

  it.each(['42', 'now', encodeCursor(POSITION)])('refuses %p', (after) => {
    expect(() => startPosition(after)).toThrow('after: must be a position');
  });
});

it('shows one row less than was read, and says that there are more', () => {
  const asOf = { position: POSITION, time: null };
  const { edges, pageInfo } = connectionFrom(['a', 'b', 'c'], { first: 2, after: 'A' }, (row) => row, asOf);
  expect(edges).toEqual([
    { cursor: encodeCursor('a'), node: 'a' },
    { cursor: encodeCursor('b'), node: 'b' },
  ]);
  expect(pageInfo).toEqual({
    hasNextPage: true,
    hasPreviousPage: true,
    startCursor: encodeCursor('a'),
    endCursor: encodeCursor('b'),
  });
  expect(connectionFrom([], { first: 2, after: null }, String, asOf).pageInfo).toEqual({
    hasNextPage: false,
    hasPreviousPage: false,
    startCursor: null,
    endCursor: null,
  });
});
