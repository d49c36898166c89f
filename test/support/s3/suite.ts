import { GoMissingError, versitygwBinary } from './versitygw-binary';

/**
 * A suite that needs a real S3 server. Where none can be had it is skipped with the reason in its title; under CI that is a
 * failure, except where there is no Go.
 */
export function describeS3(title: string, suite: () => void): void {
  const problem = process.env.S3_TEST_ENDPOINT ? undefined : problemOfServer();
  if (problem === undefined) describe(title, suite);
  else if (process.env.CI === 'true' && !(problem instanceof GoMissingError)) throw problem;
  else describe.skip(`${title} (skipped: ${problem.message})`, suite);
}

function problemOfServer(): Error | undefined {
  try {
    versitygwBinary();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
