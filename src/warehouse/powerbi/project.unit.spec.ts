import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { daxReferences } from '../../../test/support/powerbi/dax';
import { freeNamesOfM } from '../../../test/support/powerbi/m';
import { parseReference, parseTmdl, type TmdlNode, unquoted } from '../../../test/support/powerbi/tmdl';
import { starTables, views } from '../model/catalogue';
import { powerBiProject } from './project';
import { withStarSchema } from './star-schema';

const FOLDER = join(__dirname, '../../../deploy/powerbi');
const DEFINITION = 'Tidemark.SemanticModel/definition/';
const README = join(FOLDER, 'README.md');

const committed = Object.fromEntries(
  readdirSync(FOLDER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'README.md')
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => file.slice(FOLDER.length + 1).replaceAll(sep, '/'))
    // Files that Power BI Desktop keeps for itself, and git ignores.
    .filter((path) => !path.includes('/.pbi/'))
    .map((path) => [path, readFileSync(join(FOLDER, path), 'utf8')]),
);
const nodes = Object.entries(committed)
  .filter(([path]) => path.endsWith('.tmdl'))
  .flatMap(([, text]) => parseTmdl(text));

const all = (kind: string, of: readonly TmdlNode[] = nodes) => of.filter((node) => node.kind === kind);
const named = (name: string, of: readonly TmdlNode[]) => of.find((node) => node.name === name);
const tables = all('table');
const columnsOf = (table: string) => all('column', named(table, tables)?.children);
const allMeasures = tables.flatMap((table) => all('measure', table.children));
const partitionOf = (table: TmdlNode) => all('partition', table.children)[0]?.properties.get('source') ?? '';
const relations = all('relationship').map(({ properties }) => ({
  from: parseReference(properties.get('fromColumn') ?? ''),
  to: parseReference(properties.get('toColumn') ?? ''),
  active: properties.get('isActive') !== 'false',
}));

/** Tables that only the model has: values that orders and returns share. */
const SHARED = ['DIM_COUNTRY', 'DIM_CURRENCY'];

/** The types of Power BI for each type of the warehouse. */
const DATA_TYPES: Record<string, string[]> = {
  string: ['string'],
  int: ['int64'],
  long: ['int64'],
  boolean: ['boolean'],
  date: ['dateTime'],
  timestamptz: ['dateTime'],
  decimal: ['decimal', 'double'],
  double: ['double'],
};

describe('the Power BI project', () => {
  it('is the one in deploy/powerbi; after a change of the model run `npm run powerbi`', () => {
    expect(committed).toEqual(powerBiProject());
  });

  it('has the picture of its star schema in the README', () => {
    const page = readFileSync(README, 'utf8');
    expect(page).toBe(withStarSchema(page));
  });

  it('has one file for each table, and a model that refers to each', () => {
    const files = Object.keys(committed).filter((path) => path.startsWith(`${DEFINITION}tables/`));
    expect(files).toEqual(tables.map(({ name }) => `${DEFINITION}tables/${name}.tmdl`));
    expect(
      all('ref table')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(tables.map(({ name }) => name).sort());
  });

  it('gives every object an id of its own', () => {
    const ids = Object.values(committed).flatMap((text) =>
      [...text.matchAll(/lineageTag: (.*)$/gm)].map(([, id]) => id),
    );
    expect(ids.length).toBeGreaterThan(200);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id ?? ''))).toEqual([]);
  });
});

describe('the tables', () => {
  const sources = new Map([...starTables, ...views].map((source) => [source.name.toUpperCase(), source]));
  const fromWarehouse = tables.filter(({ name }) => !SHARED.includes(name ?? ''));

  it('are the star schema and the analytics', () => {
    expect(tables.map(({ name }) => name).sort()).toEqual(
      [
        ...starTables.map(({ name }) => name.toUpperCase()),
        ...SHARED,
        ...['CATEGORY_REVENUE', 'MONTHLY_SALES', 'MONTHLY_BOOKS', 'PRODUCT_PERFORMANCE', 'RFM', 'ANOMALIES'],
        ...['REPEAT_CUSTOMERS', 'MULTI_REGION_CUSTOMERS'],
      ].sort(),
    );
  });

  it.each(fromWarehouse.map((table) => [table.name as string, table] as const))(
    '%s has every column of the warehouse, of a type that fits, and says what it is',
    (name, table) => {
      const columns = all('column', table.children);
      const source = sources.get(name);
      expect(columns.map(({ properties }) => properties.get('sourceColumn'))).toEqual(
        source?.columns.map((column) => column.name),
      );
      for (const [index, column] of columns.entries()) {
        const { type, doc } = source?.columns[index] ?? {};
        expect(DATA_TYPES[type?.kind ?? '']).toContain(column.properties.get('dataType'));
        expect(column.doc.join(' ').toLowerCase()).toContain(doc?.toLowerCase());
      }
      expect(new Set(columns.map((column) => column.name)).size).toBe(columns.length);
    },
  );

  it.each(fromWarehouse.map((table) => [table.name as string, table] as const))(
    '%s is read from Snowflake or from a Parquet file, with just these columns',
    async (name, table) => {
      const query = partitionOf(table);
      const kind = starTables.some((star) => star.name.toUpperCase() === name) ? 'Table' : 'View';
      expect(query).toContain(`{[Name = "${name}", Kind = "${kind}"]}[Data]`);
      expect(query).toContain(`\\${name.toLowerCase()}.parquet"`);
      const names = all('column', table.children).map(({ properties }) => properties.get('sourceColumn'));
      const [, chosen = ''] = /Table\.SelectColumns\(Named, \{(.*)\}\)/.exec(query) ?? [];
      expect(chosen.split(', ').map((text) => JSON.parse(text))).toEqual(names);
      const [, typed = ''] = /Table\.TransformColumnTypes\(([\s\S]*)\n {4}\)/.exec(query) ?? [];
      expect([...typed.matchAll(/\{"(\w+)", /g)].map(([, column]) => column)).toEqual(names);
    },
  );

  it('are read by queries that are M, and name nothing but parameters, functions and tables that there are', async () => {
    const known = new Set([...all('expression'), ...tables].map(({ name }) => name));
    const queries = [...tables.map(partitionOf), ...all('expression').map(({ value = '' }) => value)];
    for (const query of queries) {
      const { queries: names, library } = await freeNamesOfM(query);
      expect(names.filter((name) => !known.has(name))).toEqual([]);
      expect(library.filter((name) => !LIBRARY.has(name))).toEqual([]);
    }
  });

  it('sort, drill and hide by columns that there are', () => {
    for (const table of tables) {
      const columns = all('column', table.children);
      const names = new Set(columns.map(({ name }) => name));
      const sorted = columns.flatMap(({ properties }) => properties.get('sortByColumn') ?? []);
      const levels = all('hierarchy', table.children).flatMap((one) => all('level', one.children));
      const named = [...sorted, ...levels.map(({ properties }) => properties.get('column') ?? '')];
      expect(named.map(unquoted).filter((name) => !names.has(name))).toEqual([]);
      const keys = columns.filter(({ properties }) => /_key$/.test(properties.get('sourceColumn') ?? ''));
      expect(keys.filter(({ properties }) => properties.get('isHidden') !== 'true')).toEqual([]);
    }
    expect(named('Month name', columnsOf('DIM_DATE'))?.properties.get('sortByColumn')).toBe('Month');
  });

  it('have one that is marked as the date table, by a day that is its key', () => {
    const marked = tables.filter(({ properties }) => properties.get('dataCategory') === 'Time');
    expect(marked.map(({ name }) => name)).toEqual(['DIM_DATE']);
    const keys = columnsOf('DIM_DATE').filter(({ properties }) => properties.get('isKey') === 'true');
    expect(keys.map(({ name, properties }) => [name, properties.get('dataType')])).toEqual([
      ['Date', 'dateTime'],
    ]);
  });
});

/** The functions of Power Query's library that the queries use. */
const LIBRARY = new Set([
  ...[
    'Currency.Type',
    'Int64.Type',
    'DateTimeZone.RemoveZone',
    'DateTimeZone.ToUtc',
    'File.Contents',
    'Parquet.Document',
  ],
  ...[
    'Snowflake.Databases',
    'Table.Combine',
    'Table.Distinct',
    'Table.SelectColumns',
    'Table.TransformColumnNames',
  ],
  ...['Table.TransformColumns', 'Table.TransformColumnTypes', 'Text.Lower'],
]);

describe('the relationships', () => {
  const column = ({ table, column: name }: { table: string; column: string }) =>
    named(name, columnsOf(table));

  it('join columns that there are, of one type', () => {
    for (const { from, to } of relations) {
      expect(column(from)?.properties.get('dataType')).toBeDefined();
      expect(column(from)?.properties.get('dataType')).toBe(column(to)?.properties.get('dataType'));
    }
  });

  it('go to what tells the rows of a table apart', () => {
    const unique = new Map([...starTables].map(({ name, key }) => [name.toUpperCase(), key]));
    for (const { to } of relations) {
      const name = column(to)?.properties.get('sourceColumn');
      const isKey = column(to)?.properties.get('isKey') === 'true';
      expect(isKey || JSON.stringify(unique.get(to.table)) === JSON.stringify([name])).toBe(true);
    }
  });

  it('join each fact with each dimension, and have inactive roles: the days of a cancellation, and of the order of a return', () => {
    for (const fact of ['FACT_ORDERS', 'FACT_RETURNS']) {
      const dimensions = relations
        .filter(({ from, active }) => from.table === fact && active)
        .map(({ to }) => to.table);
      expect(dimensions.sort()).toEqual([
        'DIM_COUNTRY',
        'DIM_CURRENCY',
        'DIM_CUSTOMER',
        'DIM_DATE',
        'DIM_PRODUCT',
      ]);
    }
    const to = { table: 'DIM_DATE', column: 'Date key' };
    expect(relations.filter(({ active }) => !active)).toEqual([
      { from: { table: 'FACT_RETURNS', column: 'Order date key' }, to, active: false },
      { from: { table: 'FACT_ORDERS', column: 'Cancelled date key' }, to, active: false },
      { from: { table: 'FACT_RETURNS', column: 'Cancelled date key' }, to, active: false },
    ]);
  });

  it('leave one way at most on which filters get from a table to another', () => {
    const ways = (from: string, to: string): number =>
      relations
        .filter((one) => one.active && one.to.table === from)
        .reduce((sum, one) => sum + (one.from.table === to ? 1 : ways(one.from.table, to)), 0);
    const names = tables.map(({ name }) => name as string);
    const ambiguous = names.flatMap((from) =>
      names.filter((to) => ways(from, to) > 1).map((to) => `${from} to ${to}`),
    );
    expect(ambiguous).toEqual([]);
  });
});

describe('the measures', () => {
  it('are those that reports are made of', () => {
    expect(allMeasures.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        ...[
          'Gross',
          'Net',
          'Orders',
          'Units',
          'AOV',
          'Return rate',
          'Cancellation rate',
          'Repeat rate',
          'New customers',
        ],
        ...['MTD', 'QTD', 'YTD', 'PY', 'YoY', 'YoY %'].map((period) => `Net ${period}`),
      ]),
    );
  });

  it('have names of their own, that no column beside them has, a format, a folder and a description', () => {
    const names = allMeasures.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const table of tables) {
      const columns = new Set(all('column', table.children).map(({ name }) => name));
      const own = all('measure', table.children);
      expect(own.filter(({ name }) => columns.has(name))).toEqual([]);
      for (const { properties, doc } of own) {
        expect(properties.get('formatString')).toMatch(/0/);
        expect(properties.get('displayFolder')).toMatch(/\w/);
        expect(doc).not.toEqual([]);
      }
    }
  });

  it('name columns, tables, measures and functions that there are', () => {
    for (const { name, value = '' } of allMeasures) {
      const { columns, tables: wanted, measures, functions } = daxReferences(value);
      expect(columns.filter((one) => !named(one.column, columnsOf(one.table)))).toEqual([]);
      expect(wanted.filter((table) => !named(table, tables))).toEqual([]);
      expect(measures.filter((measure) => measure === name || !named(measure, allMeasures))).toEqual([]);
      expect(functions.filter((one) => !FUNCTIONS.has(one))).toEqual([]);
    }
  });

  it('leave cancelled orders out wherever they add up lines', () => {
    const cancelled: Record<string, string> = {
      FACT_ORDERS: 'Is cancelled',
      FACT_RETURNS: 'Order cancelled',
    };
    const over = (value: string) => daxReferences(value).columns.filter(({ table }) => table in cancelled);
    const without = allMeasures.filter(({ value = '' }) => {
      const columns = over(value);
      return (
        /\b(SUM|DISTINCTCOUNT|DISTINCTCOUNTNOBLANK|MIN)\('FACT/.test(value) &&
        !columns.some(({ table, column }) => cancelled[table] === column)
      );
    });
    expect(without.map(({ name }) => name)).toEqual(['Orders placed']);
  });
});

/** The functions of DAX that the measures use. */
const FUNCTIONS = new Set([
  ...[
    'ALLEXCEPT',
    'CALCULATE',
    'CALCULATETABLE',
    'COUNTROWS',
    'DISTINCTCOUNT',
    'DISTINCTCOUNTNOBLANK',
    'DIVIDE',
    'FALSE',
    'FILTER',
  ],
  ...[
    'HASONEVALUE',
    'IF',
    'ISBLANK',
    'KEEPFILTERS',
    'MAX',
    'MIN',
    'REMOVEFILTERS',
    'SAMEPERIODLASTYEAR',
    'SUM',
  ],
  ...['TOTALMTD', 'TOTALQTD', 'TOTALYTD', 'TRUE', 'USERELATIONSHIP', 'VALUES'],
]);

describe('the report', () => {
  const files = Object.entries(committed).filter(([path]) => path.startsWith('Tidemark.Report/definition/'));
  const parsed = (pattern: RegExp) =>
    files.filter(([path]) => pattern.test(path)).map(([path, text]) => [path, JSON.parse(text)] as const);

  it('shows columns and measures that there are', () => {
    const shown = parsed(/visual\.json$/).flatMap(([, { visual }]) =>
      Object.values(visual.query.queryState as Record<string, { projections: { field: object }[] }>).flatMap(
        ({ projections }) => projections.map(({ field }) => Object.entries(field)[0]),
      ),
    );
    expect(shown.length).toBeGreaterThan(20);
    for (const [kind, { Expression, Property }] of shown as [
      string,
      { Expression: { SourceRef: { Entity: string } }; Property: string },
    ][]) {
      const table = named(Expression.SourceRef.Entity, tables);
      expect(named(Property, all(kind.toLowerCase(), table?.children))).toBeDefined();
    }
  });

  it('has a choice of the country where was sold, so that orders of guests are in it', () => {
    const slicers = parsed(/visual\.json$/).filter(([, { visual }]) => visual.visualType === 'slicer');
    const chosen = slicers.map(([, { visual }]) => visual.query.queryState.Values.projections[0].queryRef);
    expect(chosen).toContain('DIM_COUNTRY.Country');
    expect(chosen.filter((field) => field.endsWith('.Country'))).toHaveLength(1);
  });

  it('has its pages in folders of their names, and visuals that stay on the page', () => {
    const [[, { pageOrder }] = ['', { pageOrder: [] }]] = parsed(/pages\.json$/);
    const pages = parsed(/page\.json$/);
    expect(pages.map(([path]) => path.split('/').at(-2)).sort()).toEqual([...pageOrder].sort());
    for (const [path, page] of pages) {
      expect(page.name).toBe(path.split('/').at(-2));
      const visuals = parsed(/visual\.json$/).filter(([file]) => file.includes(`pages/${page.name}/`));
      for (const [file, { name, position }] of visuals) {
        expect(file.split('/').at(-2)).toBe(name);
        expect(position.x + position.width).toBeLessThanOrEqual(page.width);
        expect(position.y + position.height).toBeLessThanOrEqual(page.height);
      }
    }
  });

  it('stands on the semantic model beside it', () => {
    const { datasetReference } = JSON.parse(committed['Tidemark.Report/definition.pbir'] ?? '');
    const folder = join(FOLDER, 'Tidemark.Report', datasetReference.byPath.path);
    expect(readdirSync(folder)).toContain('definition.pbism');
  });
});
