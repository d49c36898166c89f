import { randomUUID } from 'node:crypto';
import {
  FORWARDS,
  NO_STREAM,
  StreamDeletedError,
  StreamNotFoundError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { StoreUnavailableError } from '../errors';
import type { Position } from '../position';
import { ClientStream } from './client-stream';
import type { Connection } from './connection';
import { type LogPosition, toPosition } from './position';
import { untilReadable } from './readable';

/** The event that marks a log as Tidemark's; it has a stream of its own. */
export interface Marker {
  /** the random id of the log */
  identity: string;
  /**
   * Its position, before every event of the log. null: it was deleted and written anew, so that its position
   * does not say where the log begins.
   */
  begins: Position | null;
}

/**
 * Reads the marker of the log. Writes it, with a new random identity, if there is none yet.
 * @throws StoreUnavailableError
 */
export async function readMarker(connection: Connection, stream: string): Promise<Marker> {
  const present = await find(connection, stream);
  if (present !== undefined) return present;
  const identity = randomUUID();
  const event = {
    id: randomUUID(),
    type: 'TidemarkIdentity',
    contentType: 'application/json',
    data: { identity },
    metadata: undefined,
  } as const;
  try {
    const { nextExpectedRevision, position } = await connection.append(stream, [event], NO_STREAM);
    if (nextExpectedRevision === 0n) return { identity, begins: begins(0n, position) };
    // The marker had been deleted. Several processes may have written it anew; the first one counts.
    const first = await untilReadable(() => find(connection, stream));
    return first ?? { identity, begins: null };
  } catch (error) {
    // Another process was faster, or this append was written and its answer was lost.
    const winner = await find(connection, stream);
    if (winner !== undefined) return winner;
    if (error instanceof WrongExpectedVersionError || error instanceof StreamDeletedError)
      throw new StoreUnavailableError(`Stream ${stream}, the identity of the log, was deleted`, {
        cause: error,
      });
    throw error;
  }
}

async function find({ client, callTimeoutMs }: Connection, marker: string): Promise<Marker | undefined> {
  const stream = new ClientStream(client.readStream(marker, { direction: FORWARDS, maxCount: 1 }));
  try {
    const event = (await stream.next(callTimeoutMs))?.event;
    const { identity } = (event?.data ?? {}) as { identity?: string };
    if (event === undefined || identity === undefined) return undefined;
    return { identity, begins: begins(event.revision, event.position) };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  } finally {
    stream.stop();
  }
}

const begins = (revision: bigint, position: LogPosition | undefined): Position | null =>
  revision === 0n && position !== undefined ? toPosition(position) : null;

/** Did a read fail because the stream does not exist or was deleted? */
export function isMissing(error: unknown): boolean {
  const { cause } = error as Error;
  return cause instanceof StreamNotFoundError || cause instanceof StreamDeletedError;
}
