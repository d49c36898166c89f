import { randomUUID } from 'node:crypto';
import {
  BACKWARDS,
  NO_STREAM,
  StreamDeletedError,
  StreamNotFoundError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { StoreUnavailableError } from '../errors';
import { ClientStream } from './client-stream';
import type { Connection } from './connection';

/**
 * The random id of the log, which stands in a stream of its own; written when it is asked for the first time.
 * @throws StoreUnavailableError
 */
export async function readIdentity(connection: Connection, marker: string): Promise<string> {
  const present = await find(connection, marker);
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
    await connection.append(marker, [event], NO_STREAM);
    return identity;
  } catch (error) {
    // Another process was quicker, or this very append was written although its answer was lost.
    const winner = await find(connection, marker);
    if (winner !== undefined) return winner;
    if (error instanceof WrongExpectedVersionError || error instanceof StreamDeletedError)
      throw new StoreUnavailableError(`Stream ${marker}, the identity of the log, was deleted`, {
        cause: error,
      });
    throw error;
  }
}

async function find({ client, callTimeoutMs }: Connection, marker: string): Promise<string | undefined> {
  const stream = new ClientStream(client.readStream(marker, { direction: BACKWARDS, maxCount: 1 }));
  try {
    const resolved = await stream.next(callTimeoutMs);
    const data = resolved?.event?.data as { identity?: string } | undefined;
    return data?.identity;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  } finally {
    stream.stop();
  }
}

/** Did a read find no stream, or one that was deleted? */
export function isMissing(error: unknown): boolean {
  const { cause } = error as Error;
  return cause instanceof StreamNotFoundError || cause instanceof StreamDeletedError;
}
