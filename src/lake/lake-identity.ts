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
   * id of this lake alone: a lake that is begun anew in its place has other files under the same keys. Lakes
   * of early versions have none
   */
  lakeId?: string;
}

/**
 * The identity of a lake. A lake that was moved keeps it; a lake that was begun anew in the same place has
 * another.
 * @returns undefined while nothing was exported to the lake
 */
export async function lakeIdentity(lake: Pick<ObjectStore, 'get'>): Promise<string | undefined> {
  const identity = await readIdentity(lake);
  return identity && (identity.lakeId ?? identity.storeIdentity);
}

/**
 * Makes sure that there is a lake to read, and makes nothing.
 * @throws LakeError when nothing was exported to it yet, or when its identity is missing
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
 * Makes sure that a lake belongs to this event store, or to none yet.
 * @returns identity of the event store; undefined while nothing was exported to the lake
 * @throws ForeignLakeError when the lake belongs to another event store
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
 * Makes a fresh lake belong to this event store, for ever: positions of two event stores cannot be compared.
 * @throws ForeignLakeError when it belongs to another; LakeError when it has cuts and its identity is missing
 */
export async function claimLake(lake: ObjectStore, storeIdentity: string): Promise<void> {
  if ((await checkOwner(lake, storeIdentity)) !== undefined) return;
  await mustHaveNoCuts(lake);
  const identity: Identity = { storeIdentity, lakeId: randomUUID() };
  await lake.putIfAbsent(KEY, Buffer.from(JSON.stringify(identity)));
  await checkOwner(lake, storeIdentity);
}

/**
 * Makes sure that the cuts of the tables are on record. Without the records an exporter would decide other
 * cuts with numbers that the tables have already.
 * @throws LakeError when they are not on record
 */
export async function checkCutLog({ store, committer }: Catalog): Promise<void> {
  const cuts = new CutLog(store);
  for (const { name } of datasets) {
    const table = await committer.load(name);
    const cut = (table && cutOf(table.metadata)) ?? 0;
    if (cut === 0 || (await cuts.get(cut))) continue;
    throw new LakeError(
      `Table ${name} of the lake ${store.root} has cut ${cut}, of which there is no record: ` +
        '_tidemark in the lake was deleted, or LAKE_URL names another place. ' +
        'Put it back, or begin a lake in an empty place.',
    );
  }
}

async function readIdentity(lake: Pick<ObjectStore, 'get'>): Promise<Identity | undefined> {
  const body = await lake.get(KEY);
  return body && parse<Identity>(body, KEY);
}

/** A lake with cuts belongs to some event store. @throws LakeError when it does not say to which */
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
