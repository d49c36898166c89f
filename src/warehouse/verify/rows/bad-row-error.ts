/** An event that does not fit the columns of a dataset. */
export class BadRowError extends Error {
  override readonly name = 'BadRowError';
}

/**
 * The reason for a refusal, for people. An error other than BadRowError is unexpected, so its name is shown.
 */
export function reasonOf(error: unknown): string {
  if (error instanceof BadRowError) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
