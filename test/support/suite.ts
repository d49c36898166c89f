/**
 * A suite that needs what a machine may lack. Without it the suite is skipped, with the reason in its title;
 * under CI that is a failure.
 * @param needs each throws an Error that says what is missing
 */
export function describeWith(needs: readonly (() => unknown)[], title: string, suite: () => void): void {
  const reason = reasonWithout(needs);
  if (reason === undefined) describe(title, suite);
  else if (process.env.CI === 'true') throw new Error(`${title}: ${reason}`);
  else describe.skip(`${title} (skipped: ${reason})`, suite);
}

function reasonWithout(needs: readonly (() => unknown)[]): string | undefined {
  try {
    for (const need of needs) need();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
