import { randomUUID } from 'node:crypto';
import { type ObjectStore, ObjectStoreError } from './object-store';

const FOLDER = '_tidemark/self-test';
const WRITERS = 20;
/** Connections are made during the first, so that all requests of the others arrive in the same moment. */
const RACES = 3;

/**
 * Makes sure that a store lets exactly one of many writers create an object, which the lake rests on. A store
 * that looks first and writes then tells the truth unless several do it in the same moment, so each race must
 * go well. Costs some seventy requests.
 * @throws ObjectStoreError naming the store and what was seen, or why it cannot be used
 */
export async function testObjectStore(store: ObjectStore): Promise<void> {
  let won = 0;
  for (let race = 0; race < RACES; race++) {
    const key = `${FOLDER}/${randomUUID()}`;
    try {
      if (await hasWinner(store, key)) won++;
    } finally {
      // What was found out matters more than what is left.
      await store.delete([key]).catch(() => {});
    }
  }
  // In one or the other the winner's answer may have been lost; that does not happen each time.
  if (won === 0)
    throw new ObjectStoreError(
      `${store.root} cannot be used: no writer of ${WRITERS} was told that it created an object, ${RACES} times`,
    );
}

/** @throws ObjectStoreError when more than one won, or the object is not what the winner wrote */
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
      `the winner wrote ${JSON.stringify(String(winner))}, and there is ${found ? JSON.stringify(String(found)) : 'nothing'}`,
    );
  return true;
}

function unconditional(store: ObjectStore, seen: string): ObjectStoreError {
  return new ObjectStoreError(
    `${store.root} does not enforce If-None-Match: ${seen}. Tidemark would lose data there; use a folder, AWS S3 or a server that does`,
  );
}
