import { type LakePlace, stageDigest, stageStatements, wayToFiles } from './stage';

const keys = { by: 'keys', keyId: 'AKIA', secret: 's' } as const;
const integration = { by: 'integration', integration: 'LAKE' } as const;
const lakeRoot = 's3://shop/lake';
const stageOf = (place: LakePlace, access: typeof keys | typeof integration | undefined) =>
  stageStatements(place, access, 'replace').at(-1)?.sql;

describe('the stage of a lake', () => {
  it('in a folder is an internal one, and files are put there', () => {
    expect(stageOf({ lakeRoot: 'file:///var/lake' }, keys)).not.toContain('URL');
    expect(wayToFiles({ lakeRoot: 'file:///var/lake' })).toBe('put');
  });

  it.each([undefined, 'https://s3.eu-central-1.amazonaws.com', 'http://s3.cn-north-1.amazonaws.com.cn'])(
    'in a bucket of AWS (endpoint %s) is that bucket',
    (lakeEndpoint) => {
      const sql = stageOf({ lakeRoot, lakeEndpoint }, integration);
      expect(sql).toContain(`URL = 's3://shop/lake/' STORAGE_INTEGRATION = LAKE`);
      expect(wayToFiles({ lakeRoot, lakeEndpoint })).toBe('external stage');
    },
  );

  it('on another server that Snowflake can reach names its host', () => {
    const place = { lakeRoot, lakeEndpoint: 'https://storage.example.com' };
    expect(stageOf(place, keys)).toContain(
      `URL = 's3compat://shop/lake/' ENDPOINT = 'storage.example.com' CREDENTIALS = (AWS_KEY_ID = 'AKIA' AWS_SECRET_KEY = 's')`,
    );
    expect(wayToFiles(place)).toBe('external stage');
    expect(() => stageOf(place, integration)).toThrow(/with keys only: set AWS_ACCESS_KEY_ID/);
  });

  it.each([
    'http://storage.example.com',
    'https://storage.example.com:9000',
    'https://localhost',
    'https://minio',
    'https://minio.local',
    'https://192.168.1.7',
    'https://[::1]',
    'https://example.com/s3',
  ])('on a server that Snowflake cannot reach or does not take (%s) is an internal one', (lakeEndpoint) => {
    expect(stageOf({ lakeRoot, lakeEndpoint }, undefined)).not.toContain('URL');
    expect(wayToFiles({ lakeRoot, lakeEndpoint })).toBe('put');
  });

  it('in a bucket needs a way in', () => {
    expect(() => stageOf({ lakeRoot }, undefined)).toThrow(/set SNOWFLAKE_STORAGE_INTEGRATION, or AWS_/);
  });

  it('has another digest when the place or the way in changes', () => {
    const digests = [
      stageDigest({ lakeRoot }, keys),
      stageDigest({ lakeRoot }, { ...keys, secret: 'other' }),
      stageDigest({ lakeRoot }, integration),
      stageDigest({ lakeRoot: 's3://moved' }, keys),
      stageDigest({ lakeRoot: 'file:///lake' }, keys),
    ];
    expect(new Set(digests).size).toBe(digests.length);
    expect(stageDigest({ lakeRoot: 'file:///elsewhere' }, undefined)).toBe(digests.at(-1));
  });
});
