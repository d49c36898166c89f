import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { datasets } from '../../src/export/datasets/catalogue';
import { loadWarehouse } from '../../src/warehouse/duckdb/duckdb-warehouse';
import type { LakeFile } from '../../src/warehouse/load/lake-files';
import { starTables, views } from '../../src/warehouse/model/catalogue';
import { stagingTable } from '../../src/warehouse/model/staging';
import { deployFiles } from '../../src/warehouse/snowflake/deploy-sql';
import { initSnowflake } from '../../src/warehouse/snowflake/init-snowflake';
import { loadSnowflake } from '../../src/warehouse/snowflake/load-snowflake';
import type { StageAccess } from '../../src/warehouse/snowflake/options';
import { copyFromLake, type LakePlace, stageStatements } from '../../src/warehouse/snowflake/stage';
import { initStatements, scratchStatements } from '../../src/warehouse/sql/ddl';
import { loadStatements } from '../../src/warehouse/sql/load';
import { snowflakeDialect } from '../../src/warehouse/sql/snowflake.dialect';
import { optionsFor, startDouble } from '../support/snowflake/account';
import { complaintsAbout, describeJudges, runInFakesnow } from '../support/snowflake/judges';
import { sameText } from '../support/snowflake/same-text';
import { TestLake } from '../support/warehouse/lake';
import { movingShop } from '../support/warehouse/moving-shop';
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

/** What Snowflake is told when a lake is loaded for the first time, as it arrives there. */
async function statementsOfALoad(): Promise<string[]> {
  const double = await startDouble();
  const folder = await mkdtemp(path.join(tmpdir(), 'tidemark-known-'));
  const options = { snowflake: optionsFor(double), lakeRoot: 'file:///lake', folder };
  try {
    await initSnowflake(options);
    await loadSnowflake(options, lake);
    return [...double.statements];
  } finally {
    await double.stop();
    await rm(folder, { recursive: true });
  }
}

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
    const complaints = await complaintsAbout(statements);
    expect(statements.filter((_, index) => complaints[index] !== null)).toEqual([]);
  });

  it.each(Object.entries(deployFiles))('deploy/snowflake/%s is Snowflake SQL', async (_, text) => {
    const statements = text()
      .split(/;\n/)
      .filter((sql) => sql.trim() !== '');
    const complaints = await complaintsAbout(statements);
    // These two it knows by name only.
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
    // It copies from stages of folders only, and not inside a transaction.
    const stage = stageSql({ lakeRoot: 's3://shop' }, { by: 'integration', integration: 'LAKE' }).map((sql) =>
      sql.replace("'s3://shop/' STORAGE_INTEGRATION = LAKE", `'file://${lake.folder}/'`),
    );
    // Its COPY does not see temporary tables.
    const scratch = scratchStatements(snowflakeDialect).map(({ sql }) =>
      sql.replace('TEMPORARY TABLE', 'TABLE'),
    );
    const model = initStatements(snowflakeDialect).map(({ sql }) => sql);
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
