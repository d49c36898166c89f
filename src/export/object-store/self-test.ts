import { randomUUID } from 'node:crypto';
import { type ObjectStore, ObjectStoreError } from './object-store';

const FOLDER = '_tidemark/self-test';
const WRITERS = 8;
/** A race without a winner is one whose winner's answer was lost; that does not happen again and again. */
const RACES = 3;

/**
 * Makes sure that a store lets exactly one of many writers create an object, which the lake rests on. Costs a dozen requests.
 * @throws ObjectStoreError naming the store and what was seen, or why it cannot be used
 */
export async function testObjectStore(store: ObjectStore): Promise<void> {
  for (let race = 1; race <= RACES; race++) {
    const key = `${FOLDER}/${randomUUID()}`;
    try {
      if (await hasOneWinner(store, key)) return;
    } finally {
      // What was found out matters more than what is left.
      await store.delete([key]).catch(() => {});
    }
  }
  throw new ObjectStoreError(
    `${store.root} cannot be used: no writer of ${WRITERS} was told that it created an object`,
  );
}

async function hasOneWinner(store: ObjectStore, key: string): Promise<boolean> {
  const bodies = Array.from({ length: WRITERS }, (_, writer) => Buffer.from(`writer ${writer}`));
  const outcomes = await Promise.all(bodies.map((body) => store.putIfAbsent(key, body)));
  const winners = bodies.filter((_, writer) => outcomes[writer] === 'created');
  if (winners.length > 1) throw unconditional(store, `${winners.length} writers won one key`);
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
