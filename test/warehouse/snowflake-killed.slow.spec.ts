import { startDouble } from '../support/snowflake/account';
import { expectWholeAfterLoad, halfLoadedShop, killLoad } from '../support/snowflake/killed-load';

const EVERY_STATEMENT = /\S/;

describe('a load into Snowflake whose process is killed', () => {
  it('loses and doubles nothing, whichever statement it dies at', async () => {
    let position = 0;
    for (let killed = true; killed; position++) {
      const double = await startDouble();
      const warehouse = await halfLoadedShop(double);
      try {
        killed = await killLoad(double, warehouse, EVERY_STATEMENT, position);
        await expectWholeAfterLoad(double, warehouse);
      } finally {
        await double.stop();
        await warehouse.remove();
      }
    }
    expect(position).toBeGreaterThan(40);
  }, 3_600_000);
});
