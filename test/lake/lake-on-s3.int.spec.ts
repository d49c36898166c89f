import { describeReaders } from '../support/readers/readers';
import { describeS3 } from '../support/s3/suite';
import { startS3 } from '../support/s3/versitygw';
import { isReadByOthers, scanOf } from './read-by-others.features';

describeS3('on S3', () => {
  describeReaders('a lake', () => {
    isReadByOthers(async () => {
      const s3 = await startS3();
      const { AWS_ACCESS_KEY_ID: keyId = '', AWS_SECRET_ACCESS_KEY: secret = '' } = process.env;
      const properties = {
        's3.endpoint': s3.endpoint,
        's3.access-key-id': keyId,
        's3.secret-access-key': secret,
        's3.region': 'us-east-1',
      };
      const { host } = new URL(s3.endpoint);
      return {
        options: { url: `s3://${s3.bucket}/${s3.prefix}`, s3: { endpoint: s3.endpoint } },
        source: ({ metadataLocation }) => ({ metadata: metadataLocation, properties }),
        table: scanOf,
        prepare: [
          `CREATE SECRET (TYPE s3, KEY_ID '${keyId}', SECRET '${secret}', ENDPOINT '${host}', URL_STYLE 'path',
             USE_SSL false, REGION 'us-east-1')`,
        ],
        close: () => s3.stop(),
      };
    });
  });
});
