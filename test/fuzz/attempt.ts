/**
 * What the fuzzer sends in one go. It is plain JSON, so that an attempt which found a fault can be kept as a
 * seed. Texts that stand for bytes hold one byte a character (latin1).
 */
export type Attempt = HttpAttempt | RawAttempt | SocketAttempt | CsvAttempt;

/** a request that an HTTP client can make */
export interface HttpAttempt {
  kind: 'http';
  method: string;
  path: string;
  headers: Record<string, string>;
  /** bytes */
  body?: string;
}

/** bytes on a TCP connection, and how the client leaves */
export interface RawAttempt {
  kind: 'raw';
  bytes: string;
  end: 'wait' | 'fin' | 'rst';
}

/** messages on a WebSocket of its own */
export interface SocketAttempt {
  kind: 'socket';
  /** '' asks for none */
  protocol: string;
  messages: string[];
  leave: 'close' | 'terminate';
}

/** a file for `import orders` */
export interface CsvAttempt {
  kind: 'csv';
  bytes: string;
  /** found where it is absent */
  delimiter?: string;
}

/** How many requests an attempt counts for: each message of a WebSocket is one. */
export const requestsOf = (attempt: Attempt): number =>
  attempt.kind === 'socket' ? attempt.messages.length : 1;

/** UTF-8 as text of one byte a character. */
export const utf8 = (text: string): string => Buffer.from(text).toString('latin1');
