import { StoreUnavailableError, WrongExpectedRevisionError } from '../event-store/errors';
import type { EventStore } from '../event-store/event-store';
import { observeAppends } from './append-health';

const FULL = new StoreUnavailableError('No space left on device');
const BUSY = new StoreUnavailableError('The event store could not be asked', {
  cause: new Error('timeout exceeded when trying to connect'),
});
const STALE = new WrongExpectedRevisionError('order-1', 'noStream', 0);

/** What is said after appends that ended so, one after the other. */
async function after(...ends: (Error | 'done')[]): Promise<string> {
  const append = jest.fn();
  for (const end of ends)
    end === 'done' ? append.mockResolvedValueOnce({}) : append.mockRejectedValueOnce(end);
  const { store, appends } = observeAppends({ append } as unknown as EventStore);
  for (const end of ends) {
    const appended = store.append('order-1', 'noStream', []);
    await (end === 'done' ? appended : expect(appended).rejects.toBe(end));
  }
  return appends();
}

it.each([
  ['nothing', [], 'ok'],
  ['a failure', ['done', FULL], FULL.message],
  ['one that succeeded since', [FULL, 'done'], 'ok'],
  ['one that was itself at fault', ['done', STALE], 'ok'],
  ['one that was itself at fault, behind a failure', [FULL, STALE], FULL.message],
  ['one that found no free connection', [BUSY], 'ok'],
] as [string, (Error | 'done')[], string][])('after %s', async (_, ends, said) => {
  expect(await after(...ends)).toBe(said);
});

it('lets somebody in to try when nobody has for a while', async () => {
  const { store, appends } = observeAppends({
    append: () => Promise.reject(FULL),
  } as unknown as EventStore);
  await expect(store.append('order-1', 'noStream', [])).rejects.toBe(FULL);
  const now = performance.now();
  const clock = jest.spyOn(performance, 'now').mockReturnValue(now + 29_000);
  expect(appends()).toBe(FULL.message);
  clock.mockReturnValue(now + 31_000);
  expect(appends()).toBe('ok');
  clock.mockRestore();
});
