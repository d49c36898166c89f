import { optionsFor, startDouble } from '../../../test/support/snowflake/account';
import type { SnowflakeDouble } from '../../../test/support/snowflake/double';
import { SnowflakeWarehouse } from '../../../test/support/snowflake/warehouse';
import { movingShop } from '../../../test/support/warehouse/moving-shop';
import { storeOf } from '../../../test/support/warehouse/store-of';
import { initSnowflake } from './init-snowflake';
import { loadSnowflake } from './load-snowflake';
import { querySnowflake } from './query-snowflake';
import { verifySnowflake } from './verify-snowflake';

let double: SnowflakeDouble;
let warehouse: SnowflakeWarehouse;

beforeEach(async () => {
  double = await startDouble();
  warehouse = await SnowflakeWarehouse.create(optionsFor(double));
});
afterEach(async () => {
  await double.stop();
  await warehouse.remove();
});

describe('a query', () => {
  it.each(['DELETE FROM fact_orders', '-- SELECT\nDROP TABLE fact_orders', 'CALL p()'])(
    'that is none (%j) is refused before anybody is asked',
    async (sql) => {
      await expect(querySnowflake(warehouse.options(), sql, async () => {})).rejects.toThrow(
        'Only queries are allowed',
      );
      expect(double.requests).toEqual([]);
    },
  );

  const through = () =>
    querySnowflake(warehouse.options(), 'SELECT 1 AS one', async (answer) => answer.through());

  it('signs in once, and says in the same session how far the warehouse is', async () => {
    await initSnowflake(warehouse.options());
    expect(await through()).toBeNull();
    await warehouse.lake.addEvents(movingShop());
    await loadSnowflake(warehouse.options(), warehouse.lake);
    const before = double.requests.length;
    expect(await through()).toBe(movingShop().at(-1)?.position);
    const logins = double.requests.slice(before).filter((request) => request.includes('login-request'));
    expect(logins).toHaveLength(1);
  });

  it('may be asked for both at once what it needs besides its rows', async () => {
    await initSnowflake(warehouse.options());
    await warehouse.lake.addEvents(movingShop());
    await loadSnowflake(warehouse.options(), warehouse.lake);
    const asked = await querySnowflake(warehouse.options(), 'SELECT 1 AS one', (answer) =>
      Promise.all([answer.through(), answer.reportingDigits()]),
    );
    expect(asked).toEqual([movingShop().at(-1)?.position, 2]);
  });

  it("of somebody else's tables does not say how far they are", async () => {
    expect(await through()).toBeUndefined();
  });
});

describe('verifying', () => {
  it('a warehouse without rows says what fills it', async () => {
    await initSnowflake(warehouse.options());
    const store = storeOf(movingShop());
    await expect(verifySnowflake(warehouse.options(), warehouse.lake, store)).rejects.toThrow(
      /tidemark warehouse load/,
    );
  });
});
