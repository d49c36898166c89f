import { largeLog } from '../support/lake/large-log';
import { ExportedLake } from '../support/lake/test-lake';
import { mixedLog } from '../support/mixed-log';
import { describeReaders, type Readers } from '../support/readers/readers';
import { startReadersOf } from '../support/s3/access';
import { FaultProxy } from '../support/s3/fault-proxy';
import { describeS3 } from '../support/s3/suite';
import { startS3, type TestS3 } from '../support/s3/versitygw';
import { LakeUnderFault } from './support/lake-under-fault';
import { ROUND_TIMEOUT_MS, slowRounds } from './support/rounds';

const ORDERS = 10;
const LIMITS = { ageMs: 100 };

/** Requests of a cut with a large file, in the order in which they are made. */
const STEPS: { what: string; request: RegExp }[] = [
  { what: 'the decision of the cut', request: /^PUT .*\/_tidemark\/cuts\/0*1\.json/ },
  { what: 'the beginning of an upload', request: /^POST .*\/events\/.*[?&]uploads/ },
  { what: 'a part', request: /^PUT .*\/events\/.*partNumber=2/ },
  { what: 'its completion', request: /^POST .*\/events\/.*uploadId=/ },
  { what: 'a manifest', request: /^PUT .*\/events\/metadata\/[^/]*-m0\.avro/ },
  { what: 'the commit', request: /^PUT .*\/events\/metadata\/v2\.metadata\.json/ },
  { what: 'the note of what is finished', request: /^PUT .*\/_tidemark\/progress\.json/ },
];

describeS3('on S3', () => {
  describeReaders('a lake that the log is exported to', () => {
    let s3: TestS3;
    let readers: Readers;
    let proxy: FaultProxy;
    let lake: LakeUnderFault;
    let lakes = 0;
    beforeAll(async () => {
      s3 = await startS3();
      [readers, proxy] = await Promise.all([startReadersOf(s3), FaultProxy.open(s3.endpoint)]);
    });
    afterAll(async () => {
      await readers?.stop();
      await proxy?.close();
      await s3?.stop();
    });
    beforeEach(async () => {
      const url = `s3://${s3.bucket}/${s3.prefix}/lake-${lakes++}`;
      lake = await LakeUnderFault.create(ExportedLake.open({ url, s3: { endpoint: proxy.endpoint } }));
    });
    afterEach(() => lake.remove());

    it.each(slowRounds)(
      'round $round: has each row once after kill -9 at each step of a cut with a large file',
      async ({ round }) => {
        await lake.write(largeLog());
        await lake.write(mixedLog(ORDERS));
        for (const [index, { what, request }] of STEPS.entries()) {
          const exporter = lake.startExporter({ limits: LIMITS });
          let killed = false;
          proxy.onFault = () => {
            exporter.signal('SIGKILL');
            killed = true;
          };
          proxy.spoil(request, (index + round) % 2 === 0 ? 'silence' : 'lostAnswer');
          await exporter.exited;
          expect({ what, killed }).toEqual({ what, killed: true });
          proxy.heal();
        }
        await lake.expectExact(readers, 'kill -9 of an export to S3, at each step of a large file in turn');
        // The upload that was begun, and the one that had parts, are given up when they are old.
        expect(await lake.lake.store.abortStaleUploads(0)).toBeGreaterThan(0);
        expect(await lake.lake.store.abortStaleUploads(0)).toBe(0);
      },
      ROUND_TIMEOUT_MS,
    );
  });
});
