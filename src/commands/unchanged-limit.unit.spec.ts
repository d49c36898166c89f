import { accepted, codeOf } from '../../test/support/commands';
import { InMemoryEventStore } from '../../test/support/in-memory.event-store';
import { changeCustomer, createCommandContext, registerCustomer } from '.';
import { UNCHANGED_IN_A_ROW } from './unchanged-limit';

const DAY_MS = 24 * 60 * 60_000;

it('a stream takes only so many commands in a row that change nothing, however slow', async () => {
  const store = new InMemoryEventStore();
  const onDay = (day: number) => createCommandContext({ store, now: () => Date.now() + day * DAY_MS });
  const move = (day: number, idempotencyKey: string, country: string) =>
    changeCustomer(onDay(day), { idempotencyKey, customerId: 'ada', country });
  const ada = { idempotencyKey: 'r', customerId: 'ada', name: 'Ada', country: 'France' };
  accepted(await registerCustomer(onDay(0), ada));

  for (let day = 0; day < UNCHANGED_IN_A_ROW; day++) accepted(await move(day, `n${day}`, 'France'));
  const refused = await move(1_000, 'one more', 'France');
  expect(refused).toMatchObject({
    ok: false,
    failure: { code: 'TOO_MANY_UNCHANGED', limit: UNCHANGED_IN_A_ROW, retryAt: null, path: [] },
  });
  expect(refused.ok ? '' : refused.failure.message).toMatch(/is taken when something has changed$/);
  expect(store.streamOf('customer-ada')).toHaveLength(1 + UNCHANGED_IN_A_ROW);
  expect(accepted(await move(1_000, 'n0', 'France')).duplicate).toBe(true);

  accepted(await move(1_000, 'away', 'Spain'));
  expect(codeOf(await move(1_000, 'one more', 'Spain'))).toBe('OK');
});
