import type { ClientBase } from 'pg';

/** lock_not_available, deadlock_detected */
const CODES = new Set(['55P03', '40P01']);

/**
 * Makes the transaction fail rather than wait long for a view that a reader holds: whoever asks for the view
 * after it would have to wait as well.
 */
export async function waitBriefly(client: Pick<ClientBase, 'query'>): Promise<void> {
  await client.query(`SET LOCAL lock_timeout = '300ms'`);
}

/** Did a transaction fail because a reader held what it wanted? */
export function isHeldByReader(error: unknown): boolean {
  return CODES.has((error as { code?: string }).code ?? '');
}
