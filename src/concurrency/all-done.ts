/**
 * Waits for all, also after one has failed: no work may be left running behind what comes next. Throws the
 * first failure.
 */
export async function allDone(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}
