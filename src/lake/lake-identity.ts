import { randomUUID } from 'node:crypto';
import { CUTS, CutLog, parse } from './cuts/cut-log';
import { datasets } from './datasets/catalogue';
import { ForeignLakeError, LakeError } from './errors/lake-error';
import type { Catalog } from './iceberg/committer';
import type { ObjectStore } from './object-store/object-store';
import { cutOf } from './tables/stamp';

const KEY = '_tidemark/lake.json';

interface Identity {
  /** event store that the lake was filled from */
  storeIdentity: string;
  /**
   * of this lake alone: one that is begun anew has other files under the same keys. Lakes of the first days
   * have none
   */
  lakeId?: string;
}

/**
 * Which lake this is, wherever it lies: a lake that was moved is the same, one that was begun anew in the
 * same place is another.
 * @returns undefined while nothing was exported to it
 */
export async function lakeIdentity(lake: Pick<ObjectStore, 'get'>): Promise<string | undefined> {
  const identity = await readIdentity(lake);
  return identity && (identity.lakeId ?? identity.storeIdentity);
}

/**
 * Makes sure that there is a lake to read. Nothing is made.
 * @throws LakeError when nothing was exported to it yet, or when it does not say what it is
 */
export async function mustBeLake(lake: ObjectStore): Promise<void> {
  if (await readIdentity(lake)) return;
  await mustHaveNoCuts(lake);
  throw new LakeError(
    `There is no lake at ${lake.root}, or an empty one: \`tidemark export run\` takes the event log there. ` +
      'If yours lies elsewhere, give LAKE_URL its place.',
  );
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
 * Makes a fresh lake one of this event store: positions of two stores cannot be compared, so a lake belongs
 * to one for ever.
 * @throws ForeignLakeError when it belongs to another; LakeError when it belonged to one and does not say to
 *   which
 */
export async function claimLake(lake: ObjectStore, storeIdentity: string): Promise<void> {
  if ((await checkOwner(lake, storeIdentity)) !== undefined) return;
  await mustHaveNoCuts(lake);
  const identity: Identity = { storeIdentity, lakeId: randomUUID() };
  await lake.putIfAbsent(KEY, Buffer.from(JSON.stringify(identity)));
  await checkOwner(lake, storeIdentity);
}

/**
 * Makes sure that the cuts that the tables have are on record: cuts of the same numbers would be taken for
 * those.
 * @throws LakeError when they are not
 */
export async function checkCutLog({ store, committer }: Catalog): Promise<void> {
  const cuts = new CutLog(store);
  for (const { name } of datasets) {
    const table = await committer.load(name);
    const cut = (table && cutOf(table.metadata)) ?? 0;
    if (cut === 0 || (await cuts.get(cut))) continue;
    throw new LakeError(
      `Table ${name} of the lake ${store.root} has cut ${cut}, of which there is no record: _tidemark in the lake was deleted, or ` +
        'LAKE_URL names another place. Put it back, or begin a lake in an empty place.',
    );
  }
}

async function readIdentity(lake: Pick<ObjectStore, 'get'>): Promise<Identity | undefined> {
  const body = await lake.get(KEY);
  return body && parse<Identity>(body, KEY);
}

/** What was exported to belongs to somebody. @throws LakeError when it does not say to whom */
async function mustHaveNoCuts(lake: ObjectStore): Promise<void> {
  for await (const { key } of lake.list(CUTS)) {
    // Another exporter may have begun it meanwhile.
    if (await readIdentity(lake)) return;
    throw new LakeError(
      `${lake.root} holds ${key}, but not ${KEY}, which says whose lake it is. ` +
        'Put it back, or give LAKE_URL another place.',
    );
  }
}
