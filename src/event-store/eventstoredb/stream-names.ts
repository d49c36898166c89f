import type { SubscribeToAllOptions } from '@eventstore/db-client';
import { excludeSystemEvents, streamNameFilter } from '@eventstore/db-client';
import type { StreamFilter } from '../event-store';

export type ServerFilter = NonNullable<SubscribeToAllOptions['filter']>;

/** The server compares prefixes by the rules of a culture; for plain text those are what one expects. */
const PLAIN = /^[\x21-\x7e]+$/;

/**
 * Which streams of the server are this store's, and what they are called there: all of them begin with one
 * prefix.
 */
export class StreamNames {
  /** holds the identity of the log; readers never see it */
  readonly marker: string;

  constructor(private readonly prefix: string) {
    this.marker = `${prefix}tidemark-identity`;
  }

  onServer(stream: string): string {
    return this.prefix + stream;
  }

  /** The store's name of a stream of the server; null when the stream is not this store's. */
  inStore(serverStream: string): string | null {
    if (serverStream === this.marker || !serverStream.startsWith(this.prefix)) return null;
    return serverStream.slice(this.prefix.length);
  }

  /**
   * What the server may leave out beforehand. It never leaves out too much; what it leaves in is looked at
   * again.
   */
  serverFilter(filter: StreamFilter | undefined): ServerFilter {
    const prefixes = (filter?.streamPrefixes ?? ['']).map((prefix) => this.prefix + prefix);
    if (prefixes.length > 0 && prefixes.every((prefix) => PLAIN.test(prefix)))
      return streamNameFilter({ prefixes });
    return excludeSystemEvents();
  }
}

/** Does a stream pass the filter? */
export function passes(filter: StreamFilter | undefined, stream: string): boolean {
  return filter === undefined || filter.streamPrefixes.some((prefix) => stream.startsWith(prefix));
}
