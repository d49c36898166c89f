import { randomUUID } from 'node:crypto';
import { datasets } from '../datasets/catalogue';
import type { Catalog } from '../iceberg/committer';
import { CUT } from '../iceberg/table';
import type { ObjectStore } from '../object-store/object-store';
import { CutLog } from './cut-log';
import { ForeignLakeError, LakeError } from './errors';

const KEY = '_tidemark/lake.json';

interface Identity {
  /** event store that the lake was filled from */
  storeIdentity: string;
  /** of this lake alone: one that is begun anew has other files under the same keys. Lakes of the first days have none */
  lakeId?: string;
}

/**
 * Which lake this is, wherever it lies: a lake that was moved is the same, one that was begun anew in the same place is another.
 * @returns undefined while nothing was exported to it
 */
export async function lakeIdentity(lake: Pick<ObjectStore, 'get'>): Promise<string | undefined> {
  const identity = await readIdentity(lake);
  return identity && (identity.lakeId ?? identity.storeIdentity);
}

/**
 * Makes sure that a lake is of this event store, or of none yet.
 * @returns the event store that it was filled from; undefined while nothing was exported to it
 * @throws ForeignLakeError when it belongs to another
 */
export async function checkOwner(lake: ObjectStore, storeIdentity: string): Promise<string | undefined> {
  const owner = (await readIdentity(lake))?.storeIdentity;
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
  const identity: Identity = { storeIdentity, lakeId: randomUUID() };
  await lake.putIfAbsent(KEY, Buffer.from(JSON.stringify(identity)));
  await checkOwner(lake, storeIdentity);
}

async function readIdentity(lake: Pick<ObjectStore, 'get'>): Promise<Identity | undefined> {
  const body = await lake.get(KEY);
  return body && (JSON.parse(body.toString()) as Identity);
}

/**
 * Makes sure that the cuts that the tables have are on record: cuts of the same numbers would be taken for those.
 * @throws LakeError when they are not
 */
export async function checkCutLog({ store, committer }: Catalog): Promise<void> {
  const cuts = new CutLog(store);
  for (const { name } of datasets) {
    const cut = Number((await committer.load(name))?.metadata.properties[CUT] ?? 0);
    if (cut === 0 || (await cuts.get(cut))) continue;
    throw new LakeError(
      `Table ${name} of the lake ${store.root} has cut ${cut}, of which there is no record: _tidemark in the lake was deleted, or ` +
        'LAKE_URL names another place. Put it back, or begin a lake in an empty place.',
    );
  }
}
