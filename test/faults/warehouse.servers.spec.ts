import { ROUND_TIMEOUT_MS, slowRounds } from './support/rounds';
import { WarehouseUnderFault } from './support/warehouse-under-fault';

/**
 * A round kills at every 20th step and the next round at the steps after those, so 20 rounds kill at every
 * step.
 */
const STRIDE = 20;
const KILLS = 3;

describe('a warehouse that is loaded while the log is exported', () => {
  let fault: WarehouseUnderFault;
  beforeEach(async () => {
    fault = await WarehouseUnderFault.create();
  }, ROUND_TIMEOUT_MS);
  afterEach(() => fault.remove(), ROUND_TIMEOUT_MS);

  it.each(slowRounds)(
    'round $round: is that of a clean load after kill -9 at steps of its first load and of one that follows',
    async ({ round }) => {
      for (const load of ['first', 'second']) {
        await fault.nextCut();
        let kills = 0;
        for (let step = round; await fault.loadKilledAt(step); step += STRIDE) kills += 1;
        expect({ load, killed: kills > 0 }).toEqual({ load, killed: true });
      }
      await fault.expectExact('kill -9 of a warehouse load, at each step in turn');
    },
    ROUND_TIMEOUT_MS,
  );

  it.each(slowRounds)(
    'round $round: is that of a clean load after kill -9 of loads at any time',
    async () => {
      await fault.load();
      for (let kills = 0; kills < KILLS; ) {
        await fault.nextCut();
        if (await fault.loadKilledAtRandom()) kills += 1;
        else await fault.nextCut();
      }
      await fault.expectExact(`kill -9 of a warehouse load (${KILLS} times)`);
    },
    ROUND_TIMEOUT_MS,
  );
});
