import { describeWith } from '../suite';
import { versitygwBinary } from './versitygw-binary';

/** A suite that needs a real S3 server: the one of S3_TEST_ENDPOINT, or one of its own. */
export function describeS3(title: string, suite: () => void): void {
  describeWith(process.env.S3_TEST_ENDPOINT ? [] : [versitygwBinary], title, suite);
}
