import pino from 'pino';
import { appendStreams, createTestStore, type TestStore } from '../../../test/support/store';
import { tally } from '../../../test/support/tally.projection';
import { listDeadLetters } from '../engine/dead-letters';
import { findGeneration, type Generation } from '../engine/generations';
import { startProjector } from './store-projector';

const STREAMS = 100;

let test_: TestStore;
beforeEach(async () => {
  test_ = await createTestStore();
});
afterEach(() => test_.close());

async function deadLetters(): Promise<number> {
  const { pool } = test_.database;
  const generation = (await findGeneration(pool, 'tally', 'active')) as Generation;
  return (await listDeadLetters(pool, generation)).length;
}

it('stops between two parkings, and the next projector parks the rest', async () => {
  const access = { databaseUrl: test_.database.url, pool: test_.database.pool, store: test_.store };
  const projections = [tally({ refuses: () => true })];
  await appendStreams(test_.store, STREAMS);

  let stopping: Promise<void> | undefined;
  const stopAtFirst = {
    write() {
      stopping ??= projector.stop();
      parked();
    },
  };
  let parked = () => {};
  const firstParked = new Promise<void>((resolve) => {
    parked = resolve;
  });
  const projector = startProjector({ ...access, projections, logger: pino({ level: 'error' }, stopAtFirst) });
  await firstParked;
  await stopping;
  expect(await deadLetters()).toBe(1);

  const next = startProjector({ ...access, projections, logger: pino({ level: 'silent' }) });
  await next.caughtUp();
  await next.stop();
  expect(await deadLetters()).toBe(STREAMS);
});
