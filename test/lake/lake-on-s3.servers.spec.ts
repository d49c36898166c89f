import { describeReaders } from '../support/readers/readers';
import { accessTo } from '../support/s3/access';
import { describeS3 } from '../support/s3/suite';
import { startS3 } from '../support/s3/versitygw';
import { isReadByOthers, scanOf } from './read-by-others.features';

describeS3('on S3', () => {
  describeReaders('a lake', () => {
    isReadByOthers(async () => {
      const s3 = await startS3();
      const { properties, secret } = accessTo(s3);
      return {
        options: { url: `s3://${s3.bucket}/${s3.prefix}`, s3: { endpoint: s3.endpoint } },
        source: ({ metadataLocation }) => ({ metadata: metadataLocation, properties }),
        table: scanOf,
        prepare: [secret],
        close: () => s3.stop(),
      };
    });
  });
});
