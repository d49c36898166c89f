import { optionsFor, startDouble } from '../../../test/support/snowflake/account';
import { type StageBucket, snowflakeFeatures } from './snowflake.features';

describe('the double of Snowflake', () => {
  snowflakeFeatures(
    async () => {
      const place = await startDouble();
      const snowflake = optionsFor(place);
      const root = 's3://shop/lake';
      const bucket: StageBucket = {
        root,
        snowflake: { ...snowflake, stageAccess: { by: 'integration', integration: 'LAKE' } },
        upload: (localPath, key) => place.upload(localPath, `${root}/${key}`),
      };
      return { snowflake, bucket, remove: () => place.stop() };
    },
    { bucket: true },
  );
});
