import { createHash } from 'node:crypto';

const LONGEST_PLAIN_KEY = 200;

/**
 * The idempotency key of a document's command. It follows from the document alone, so that importing it again
 * is the same request.
 * @param step what is done to the order after it was placed
 */
export function importKey(documentId: string, step?: string): string {
  const suffix = step === undefined ? '' : `:${step}`;
  const key = `import:${documentId}${suffix}`;
  if ([...key].length <= LONGEST_PLAIN_KEY) return key;
  return `import:sha256:${createHash('sha256').update(documentId).digest('hex')}${suffix}`;
}
