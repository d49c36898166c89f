import { startDouble } from '../support/snowflake/account';
import type { SnowflakeDouble } from '../support/snowflake/double';
import { expectWholeAfterLoad, halfLoadedShop, killLoad } from '../support/snowflake/killed-load';
import type { SnowflakeWarehouse } from '../support/snowflake/warehouse';

jest.setTimeout(120_000);

describe('a load into Snowflake whose process is killed', () => {
  let double: SnowflakeDouble;
  let warehouse: SnowflakeWarehouse;
  beforeEach(async () => {
    double = await startDouble();
    warehouse = await halfLoadedShop(double);
  });
  afterEach(async () => {
    await double.stop();
    await warehouse.remove();
  });

  it.each([
    ['copies', /^COPY INTO load_orders/],
    ['has begun its transaction', /^UPDATE warehouse_model/],
    ['makes facts', /^INSERT INTO fact_orders/],
    ['commits', /^COMMIT/],
    ['clears away', /^DROP TABLE IF EXISTS load_orders/],
  ])('while it %s loses and doubles nothing, and the next load is not held up', async (_, statement) => {
    expect(await killLoad(double, warehouse, statement)).toBe(true);
    await expectWholeAfterLoad(double, warehouse);
  });
});
