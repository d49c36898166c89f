import { hash } from 'node:crypto';

/**
 * SHA-256 (hex) of a command's name and normalised input: two requests with one key are the same when it is.
 */
export function inputDigest(name: string, command: unknown): string {
  return hash('sha256', `${name} ${canonicalJson(command)}`, 'hex');
}

/**
 * The UUID (version 8, RFC 9562) of one event of a request. It follows from what is asked, so that two racing
 * sends of one request are one to the store; with the digest in it, another request under the same key is
 * never taken for it.
 */
export function eventId(stream: string, idempotencyKey: string, digest: string, index: number): string {
  const hex = hash('sha256', JSON.stringify([stream, idempotencyKey, digest, index]), 'hex');
  const variant = (0x8 | (Number.parseInt(hex.charAt(16), 16) & 0x3)).toString(16);
  const [low, middle, clock, node] = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(17, 20),
    hex.slice(20, 32),
  ];
  return `${low}-${middle}-8${hex.slice(13, 16)}-${variant}${clock}-${node}`;
}

/** JSON with sorted keys; what is undefined is left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(withSortedKeys(value));
}

function withSortedKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withSortedKeys);
  const fields = value as Record<string, unknown>;
  const sorted: Record<string, unknown> = {};
  for (const key of Object.keys(fields).sort()) sorted[key] = withSortedKeys(fields[key]);
  return sorted;
}
