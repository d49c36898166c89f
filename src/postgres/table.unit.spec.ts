import { int4Array, int8Array, textArray } from './columns';
import {
  addExcluded,
  insert,
  int2,
  int8,
  namesOf,
  nullable,
  omit,
  parametersOf,
  pick,
  setExcluded,
  type Table,
  text,
  unnestAs,
} from './table';

const shelves = {
  name: 'shelves',
  columns: { shelf_id: text, note: nullable(text), level: int2, units: int8 },
} satisfies Table;

it('makes the texts of statements', () => {
  const sums = pick(shelves.columns, 'level', 'units');
  expect(insert(shelves)).toBe(
    'INSERT INTO shelves AS t (shelf_id, note, level, units) ' +
      'SELECT * FROM unnest($1::text[], $2::text[], $3::int4[], $4::int8[])',
  );
  expect(unnestAs('s', sums)).toBe('unnest($1::int4[], $2::int8[]) AS s(level, units)');
  expect(setExcluded(omit(shelves.columns, 'shelf_id', 'note'))).toBe(
    'level = excluded.level, units = excluded.units',
  );
  expect(addExcluded(sums)).toBe('level = t.level + excluded.level, units = t.units + excluded.units');
  expect(namesOf(sums, 'o')).toBe('o.level, o.units');
});

it('makes one binary parameter a column, in the order of the columns', () => {
  const items = [
    { id: 'a', level: 1 },
    { id: 'b', level: 2 },
  ];
  const parameters = parametersOf(shelves.columns, items, {
    units: ({ level }) => BigInt(level) * 10n,
    level: ({ level }) => level,
    note: ({ id }) => (id === 'a' ? null : 'low'),
    shelf_id: ({ id }) => id,
  });
  expect(parameters).toEqual([
    textArray(['a', 'b']),
    textArray([null, 'low']),
    int4Array([1, 2]),
    int8Array([10n, 20n]),
  ]);
});
