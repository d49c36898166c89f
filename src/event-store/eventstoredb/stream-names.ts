import type { SubscribeToAllOptions } from '@eventstore/db-client';
import { excludeSystemEvents, streamNameFilter } from '@eventstore/db-client';
import type { StreamFilter } from '../event-store';

export type ServerFilter = NonNullable<SubscribeToAllOptions['filter']>;

/**
 * The server compares prefixes by the rules of a locale. For plain ASCII those equal a comparison of bytes.
 */
const PLAIN = /^[\x21-\x7e]+$/;

/** Maps streams of the store to streams of the server, which all begin with one prefix. */
export class StreamNames {
  /** the stream with the identity of the log; readers never see it */
  readonly marker: string;

  constructor(private readonly prefix: string) {
    this.marker = `${prefix}tidemark-identity`;
  }

  onServer(stream: string): string {
    return this.prefix + stream;
  }

  /** The name in the store of a stream of the server; null when it is not a stream of this store. */
  inStore(serverStream: string): string | null {
    if (serverStream === this.marker || !serverStream.startsWith(this.prefix)) return null;
    return serverStream.slice(this.prefix.length);
  }

  /** A filter for the server that passes all wanted events. It may pass others: readers filter again. */
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
