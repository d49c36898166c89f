/** What the name of a stream begins with; the id of the order, customer ... follows. */
export const STREAM_PREFIXES = {
  order: 'order-',
  creditNote: 'creditnote-',
  customer: 'customer-',
  product: 'product-',
  /** what a visitor does; no event of these exists yet */
  session: 'session-',
} as const;

/** What a stream is about. `store` is the one stream of the store's settings. */
export type StreamKind = keyof typeof STREAM_PREFIXES | 'store';

const KINDS = Object.entries(STREAM_PREFIXES) as [keyof typeof STREAM_PREFIXES, string][];

/** The kind that a stream's prefix tells; undefined for a stream without a known prefix. */
export function kindOfStream(stream: string): keyof typeof STREAM_PREFIXES | undefined {
  for (const [kind, prefix] of KINDS) if (stream.startsWith(prefix)) return kind;
  return undefined;
}
