import { initStatements } from '../sql/ddl';
import { duckDbDialect } from '../sql/duckdb.dialect';
import { loadStatements } from '../sql/load';
import { derivedTables, tables, views } from './catalogue';

/** Words that Snowflake refuses as unquoted names. */
const RESERVED = new Set(
  `account all alter and any as between by case cast check column connect connection constraint create cross current
   current_date current_time current_timestamp current_user database delete distinct drop else exists false following for from full
   grant group gscluster having ilike in increment inner insert intersect into is issue join lateral left like localtime
   localtimestamp minus natural not null of on or order organization qualify regexp revoke right rlike row rows sample schema
   select set some start table tablesample then to trigger true try_cast union unique update using values view when whenever where
   with`.split(/\s+/),
);

const everything = [...tables, ...views];

describe('the model of the warehouse', () => {
  it('has names that need no quotes in any target', () => {
    const names = everything.flatMap(({ name, columns }) => [name, ...columns.map((column) => column.name)]);
    expect(names.filter((name) => !/^[a-z][a-z0-9_]*$/.test(name) || RESERVED.has(name))).toEqual([]);
  });

  it('has every name once', () => {
    const names = everything.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    for (const { name, columns } of everything) {
      const own = columns.map((column) => column.name);
      expect({ name, twice: own.filter((column, index) => own.indexOf(column) !== index) }).toEqual({
        name,
        twice: [],
      });
    }
  });

  it('has keys that are columns and never null', () => {
    for (const { name, key, columns } of tables) {
      const found = columns.filter((column) => key.includes(column.name) && !column.nullable);
      expect({ name, key: found.map((column) => column.name).sort() }).toEqual({
        name,
        key: [...key].sort(),
      });
    }
  });

  it('says of everything what it is', () => {
    expect(everything.filter(({ doc, columns }) => !doc || columns.some((column) => !column.doc))).toEqual(
      [],
    );
  });

  it('looks at the new rows of the datasets that it names, and of no other', () => {
    for (const { name, affected } of derivedTables) {
      const read = [...affected.sql(duckDbDialect).matchAll(/\bload_(\w+)/g)].map(([, dataset]) => dataset);
      expect({ name, datasets: [...new Set(read)].sort() }).toEqual({
        name,
        datasets: [...affected.datasets].sort(),
      });
    }
  });

  it('runs nothing for what has no new rows', () => {
    expect(loadStatements(duckDbDialect, new Set(['events'])).map(({ label }) => label)).toEqual([
      'leave out known events',
      'merge stg_events',
    ]);
    const ofProducts = loadStatements(duckDbDialect, new Set(['products'])).map(({ label }) => label);
    expect(ofProducts).toContain('fill dim_product');
    expect(ofProducts).not.toContain('fill dim_customer');
  });

  it('is made by statements that can be repeated', () => {
    const statements = initStatements(duckDbDialect).map(({ sql }) => sql.trim());
    const repeatable =
      /^(CREATE TABLE IF NOT EXISTS|CREATE OR REPLACE VIEW|COMMENT ON (TABLE|VIEW|COLUMN)|INSERT INTO dim_customer)/;
    expect(statements.filter((sql) => !repeatable.test(sql))).toEqual([]);
  });
});
