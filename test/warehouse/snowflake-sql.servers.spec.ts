import path from 'node:path';
import { datasets } from '../../src/lake/datasets/catalogue';
import { loadWarehouse } from '../../src/warehouse/duckdb/duckdb-warehouse';
import type { LakeFile } from '../../src/warehouse/lake-files';
import type { LoadOptions } from '../../src/warehouse/load/load-options';
import { starTables, views } from '../../src/warehouse/model/catalogue';
import { stagingTable } from '../../src/warehouse/model/staging';
import { deployFiles } from '../../src/warehouse/snowflake/deploy-sql';
import { describeSnowflake } from '../../src/warehouse/snowflake/describe-snowflake';
import { initSnowflake } from '../../src/warehouse/snowflake/init-snowflake';
import { newLoadName } from '../../src/warehouse/snowflake/load-name';
import { loadSnowflake } from '../../src/warehouse/snowflake/load-snowflake';
import type { StageAccess } from '../../src/warehouse/snowflake/options';
import { querySnowflake } from '../../src/warehouse/snowflake/query-snowflake';
import { copyFromLake, type LakePlace, stageStatements } from '../../src/warehouse/snowflake/stage';
import { verifySnowflake } from '../../src/warehouse/snowflake/verify-snowflake';
import { initStatements, scratchStatements } from '../../src/warehouse/sql/ddl';
import { loadStatements } from '../../src/warehouse/sql/load';
import { snowflakeDialect } from '../../src/warehouse/sql/snowflake.dialect';
import { optionsFor, startDouble } from '../support/snowflake/account';
import type { SnowflakeDouble } from '../support/snowflake/double';
import { complaintsAbout, describeJudges, runInFakesnow } from '../support/snowflake/judges';
import { sameText } from '../support/snowflake/same-text';
import { SnowflakeWarehouse } from '../support/snowflake/warehouse';
import { TestLake } from '../support/warehouse/lake';
import { movingShop } from '../support/warehouse/moving-shop';
import { storeOf } from '../support/warehouse/store-of';
import { createTestWarehouse, rowsIn, type TestWarehouse } from '../support/warehouse/warehouse';

const onAws = { lakeRoot: 's3://shop/lake' };
const elsewhere = { ...onAws, lakeEndpoint: 'https://storage.example.com' };

const stageSql = (place: LakePlace, access: StageAccess): string[] =>
  (['replace', 'keep'] as const).flatMap((existing) =>
    stageStatements(place, access, existing).map(({ sql }) => sql),
  );

const everyDataset = new Set(datasets.map(({ name }) => name));

let lake: TestLake;
beforeAll(async () => {
  lake = await TestLake.create();
  await lake.addEvents(movingShop());
});
afterAll(() => lake.remove());

/**
 * Runs `work` against a double.
 * @returns the statements as they arrived there
 */
async function statementsOf(
  work: (warehouse: SnowflakeWarehouse, double: SnowflakeDouble) => Promise<unknown>,
): Promise<string[]> {
  const double = await startDouble();
  const warehouse = await SnowflakeWarehouse.create(optionsFor(double));
  try {
    await work(warehouse, double);
    return [...double.statements];
  } finally {
    await double.stop();
    await warehouse.remove();
  }
}

/** The statements of a first load. */
const statementsOfALoad = () =>
  statementsOf(async (warehouse) => {
    await initSnowflake(warehouse.options());
    await loadSnowflake(warehouse.options(), lake);
  });

/**
 * All other statements, with how each begins: those of later loads, of loads that fail or are cut off, of
 * verify and init.
 */
const RARE = [
  /^SELECT CAST\(s\.part_day .* FROM stg_customers r/s,
  /^SELECT CAST\(s\.part_day .* FROM fact_orders f JOIN dim_date/s,
  /^WITH load_customers\w+ AS .* changed_customers/s,
  /^DELETE FROM dim_date/,
  /^DELETE FROM load_ledger/,
  /^DELETE FROM load_orders_t\w+ USING stg_orders/,
  /^DROP TABLE IF EXISTS load_orders_t/,
  /^LIST @tidemark_lake/,
  /^SHOW TABLES LIKE/,
  /^SHOW TRANSACTIONS/,
  /^SELECT SYSTEM\$ABORT_TRANSACTION/,
  /^SELECT last_load FROM warehouse_model/,
  /^ROLLBACK/,
  /^REMOVE @/,
  /^UPDATE warehouse_model SET digest/,
  /^UPDATE warehouse_model SET stage/,
  /^CREATE OR REPLACE TABLE stg_orders/,
  /^CREATE OR REPLACE TABLE warehouse_model/,
  /^CREATE VIEW IF NOT EXISTS rfm/,
  /^SELECT LOWER\(t\.table_name\)/,
  /^SELECT MAX\(reporting_digits\)/,
];

const statementsOfTroubles = () =>
  statementsOf(async (warehouse, double) => {
    const events = movingShop();
    const half = Math.floor(events.length / 2);
    const elsewhere = warehouse.options({ folder: path.join(warehouse.folder, 'other') });
    const load = (options?: LoadOptions) => loadSnowflake(warehouse.options(), warehouse.lake, options);
    await initSnowflake(warehouse.options());
    await warehouse.lake.addEvents(events.slice(0, half));
    await load({ holidays: [{ day: '12-25', name: 'Christmas Day' }] });
    await load({ holidays: [] });
    for (const { name } of datasets) warehouse.lake.retire(name);
    await warehouse.lake.addEvents(events);
    await warehouse.rows(`CREATE TABLE changed_orders_${newLoadName(0)} (order_id VARCHAR)`);
    await load();
    await warehouse.rows('UPDATE fact_orders SET net_amount = net_amount + 1');
    expect(await verifySnowflake(warehouse.options(), warehouse.lake, storeOf(events))).toMatchObject({
      equal: false,
    });
    double.plan(/^COMMIT/, { kind: 'cut before' }, 9);
    double.plan(/^\/session$/, { kind: 'cut before' });
    await expect(load({ holidays: [{ day: '12-26', name: 'Boxing Day' }] })).rejects.toThrow('load again');
    double.heal();
    double.plan(/^UPDATE warehouse_model SET last_load/, { kind: 'refusal', code: '1', message: 'no' });
    await expect(load({ holidays: [{ day: '12-26', name: 'Boxing Day' }] })).rejects.toThrow('no');
    await initSnowflake(elsewhere);
    const stageAccess = { by: 'integration', integration: 'LAKE' } as const;
    const snowflake = { ...elsewhere.snowflake, stageAccess };
    await initSnowflake({ ...elsewhere, lakeRoot: 's3://shop/lake', snowflake });
    await initSnowflake(warehouse.options(), { rebuild: true });
    await describeSnowflake(warehouse.options());
    await querySnowflake(warehouse.options(), 'SELECT 1', (answer) => answer.reportingDigits());
  });

/** Statements that sqlglot knows by their first words only: they are compared as a whole. */
const KNOWN_BY_NAME = /^(?:SHOW TRANSACTIONS|LIST @tidemark_lake|REMOVE @tidemark_lake\/\w+\/)$/;

/** Statements that sqlglot does not accept as Snowflake's. */
async function notSnowflake(statements: readonly string[]): Promise<string[]> {
  const judged = statements.filter((sql) => !KNOWN_BY_NAME.test(sql));
  const complaints = await complaintsAbout(judged);
  return judged.filter((_, index) => complaints[index] !== null);
}

/** The body of a statement that sqlglot knows by its first words only. */
const PIPE_BODY = /^CREATE PIPE [^\n]* AS\n/;

describeJudges('to sqlglot', () => {
  it('every statement of init and of a load is Snowflake SQL', async () => {
    const integration = { by: 'integration', integration: 'LAKE' } as const;
    const keys = { by: 'keys', keyId: 'AKIA', secret: "it's", sessionToken: 't' } as const;
    const file = { key: "orders/data/month=2024-02/it's.parquet" } as LakeFile;
    const statements = [
      ...(await statementsOfALoad()),
      ...[integration, keys].flatMap((access) => stageSql(onAws, access)),
      ...stageSql(elsewhere, keys),
      copyFromLake('load_orders', [file, file]),
    ];
    expect(await notSnowflake(statements)).toEqual([]);
  });

  it('every statement of what happens more rarely is Snowflake SQL', async () => {
    const statements = [...new Set(await statementsOfTroubles())];
    expect(RARE.filter((rare) => !statements.some((sql) => rare.test(sql)))).toEqual([]);
    expect(await notSnowflake(statements)).toEqual([]);
  });

  it.each(Object.entries(deployFiles))('deploy/snowflake/%s is Snowflake SQL', async (_, text) => {
    const written = text()
      .split(/;\n/)
      .filter((sql) => sql.trim() !== '');
    const pipes = written.map((sql) => sql.trim()).filter((sql) => PIPE_BODY.test(sql));
    const statements = [...written, ...pipes.map((sql) => sql.replace(PIPE_BODY, ''))];
    const complaints = await complaintsAbout(statements);
    // sqlglot knows these two by their first words only.
    const known = statements.filter((_, index) => complaints[index] !== null);
    expect(known.filter((sql) => !/^CREATE (?:PIPE|EXTERNAL VOLUME|CATALOG INTEGRATION)/m.test(sql))).toEqual(
      [],
    );
  });

  it('what is no Snowflake SQL is noticed', async () => {
    const complaints = await complaintsAbout([
      'SELECT FROM WHERE',
      'MERGE INTO t USING',
      'FROBNICATE t',
      'SELECT 1',
    ]);
    expect(complaints.map((complaint) => complaint !== null)).toEqual([true, true, true, false]);
  });
});

describeJudges('in fakesnow', () => {
  let local: TestWarehouse;
  beforeAll(async () => {
    local = await createTestWarehouse();
    await loadWarehouse(local, lake);
  });
  afterAll(() => local.remove());

  it('tables, COPY from a stage of files, MERGE and views give what the DuckDB warehouse has', async () => {
    const fills: string[] = [];
    for (const { name } of datasets)
      for await (const file of lake.files(name)) {
        const key = path.basename(await file.localPath());
        fills.push(copyFromLake(`load_${name}`, [{ ...file, key }]));
      }
    // fakesnow copies from stages of folders only, and not inside a transaction.
    const stage = stageSql({ lakeRoot: 's3://shop' }, { by: 'integration', integration: 'LAKE' }).map((sql) =>
      sql.replace("'s3://shop/' STORAGE_INTEGRATION = LAKE", `'file://${lake.folder}/'`),
    );
    // fakesnow's COPY does not see temporary tables.
    const scratch = scratchStatements(snowflakeDialect).map(({ sql }) =>
      sql.replace('TRANSIENT TABLE', 'TABLE'),
    );
    // fakesnow knows neither grants nor comments of columns.
    const silent = { ...snowflakeDialect, comments: 'nowhere' } as const;
    const model = initStatements(silent).map(({ sql }) => sql.replace(' COPY GRANTS', ''));
    const steps = [...stage, ...model, ...scratch, ...fills];
    const days = (await statementsOfALoad()).filter((sql) => sql.startsWith('INSERT INTO dim_date'));
    const load = loadStatements(snowflakeDialect, everyDataset).map(({ sql }) => sql);
    const names = [...datasets.map(stagingTable), ...starTables, ...views].map(({ name }) => name);
    const queries = names.map((name) => `SELECT * FROM ${name}`);
    const answers = await runInFakesnow([...steps, ...load, ...load.slice(0, 1), ...days], queries);
    for (const [index, name] of names.entries()) {
      const expected = await rowsIn(local, `SELECT * FROM ${name}`);
      expect({ [name]: sameText(answers[index] ?? []) }).toEqual({ [name]: sameText(expected) });
    }
  });
});
