import { randomUUID } from 'node:crypto';
import { type ObjectStore, ObjectStoreError } from './object-store';

const FOLDER = '_tidemark/self-test';
const WRITERS = 20;
/** The first race opens the connections; the requests of the others arrive at the same moment. */
const RACES = 3;

/**
 * Makes sure that a store lets exactly one of many writers create an object: every commit relies on that. A
 * store that looks first and then writes fails only when several writers come at the same moment, so there
 * are several races. Costs some seventy requests.
 * @throws ObjectStoreError that names the store and says what was seen, or why the store cannot be used
 */
export async function testObjectStore(store: ObjectStore): Promise<void> {
  let won = 0;
  for (let race = 0; race < RACES; race++) {
    const key = `${FOLDER}/${randomUUID()}`;
    try {
      if (await hasWinner(store, key)) won++;
    } finally {
      // The result of the race matters more than an object that is left over.
      await store.delete([key]).catch(() => {});
    }
  }
  // The winner's answer may be lost in one race, but hardly in all of them.
  if (won === 0)
    throw new ObjectStoreError(
      `${store.root} cannot be used: ` +
        `no writer of ${WRITERS} was told that it created an object, ${RACES} times`,
    );
}

/**
 * @returns false when no writer was told that it won
 * @throws ObjectStoreError when several writers won, or the object is not what the winner wrote
 */
async function hasWinner(store: ObjectStore, key: string): Promise<boolean> {
  const bodies = Array.from({ length: WRITERS }, (_, writer) => Buffer.from(`writer ${writer}`));
  const outcomes = await Promise.allSettled(bodies.map((body) => store.putIfAbsent(key, body)));
  const winners = bodies.filter((_, writer) => {
    const outcome = outcomes[writer]!;
    return outcome.status === 'fulfilled' && outcome.value === 'created';
  });
  if (winners.length > 1) throw unconditional(store, `${winners.length} writers won one key`);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  const [winner] = winners;
  if (winner === undefined) return false;
  if ((await store.putIfAbsent(key, Buffer.from('too late'))) === 'created')
    throw unconditional(store, 'an object was written over');
  const found = await store.get(key);
  if (found === undefined || !found.equals(winner))
    throw unconditional(
      store,
      `the winner wrote ${JSON.stringify(String(winner))}, and there is ` +
        (found ? JSON.stringify(String(found)) : 'nothing'),
    );
  return true;
}

function unconditional(store: ObjectStore, seen: string): ObjectStoreError {
  return new ObjectStoreError(
    `${store.root} does not enforce If-None-Match: ${seen}. ` +
      'Tidemark would lose data there; use a folder, AWS S3 or a server that does',
  );
}
