/**
 * Waits for all work, even after a failure: nothing may still run when the caller begins what comes next.
 * @throws the first failure in the order of `work`
 */
export async function allDone(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}
