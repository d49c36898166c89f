import type { ObjectStore } from '../object-store/object-store';
import { ForeignLakeError } from './errors';

const KEY = '_tidemark/lake.json';

interface Identity {
  storeIdentity: string;
}

/** The event store that a lake was filled from; undefined while nothing was exported to it. */
export async function lakeIdentity(lake: ObjectStore): Promise<string | undefined> {
  const body = await lake.get(KEY);
  return body && (JSON.parse(body.toString()) as Identity).storeIdentity;
}

/**
 * Makes sure that a lake is of this event store, or of none yet.
 * @returns as `lakeIdentity`
 * @throws ForeignLakeError when it belongs to another
 */
export async function checkOwner(lake: ObjectStore, storeIdentity: string): Promise<string | undefined> {
  const owner = await lakeIdentity(lake);
  if (owner === undefined || owner === storeIdentity) return owner;
  throw new ForeignLakeError(
    `The lake ${lake.root} was filled from event store ${owner}, but this is event store ${storeIdentity}. ` +
      'Give LAKE_URL an empty place, or connect the store that the lake belongs to.',
  );
}

/**
 * Makes a fresh lake one of this event store: positions of two stores cannot be compared, so a lake belongs to one for ever.
 * @throws ForeignLakeError when it belongs to another
 */
export async function claimLake(lake: ObjectStore, storeIdentity: string): Promise<void> {
  if ((await checkOwner(lake, storeIdentity)) !== undefined) return;
  const identity: Identity = { storeIdentity };
  await lake.putIfAbsent(KEY, Buffer.from(JSON.stringify(identity)));
  await checkOwner(lake, storeIdentity);
}
