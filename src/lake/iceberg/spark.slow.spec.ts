import {
  addCut,
  compactFiles,
  createLake,
  rewriteGroup,
  STORE_IDENTITY,
  type TestLake,
} from '../../../test/support/iceberg/lake';
import { measurements } from '../../../test/support/iceberg/measurements';
import { catalogIn } from '../../../test/support/lake/test-lake';
import { describeReaders } from '../../../test/support/readers/readers';
import { needSpark, sparkSql } from '../../../test/support/readers/spark/spark';
import { expireSnapshots } from '../tables/delete-unused';
import { ensureTable } from '../tables/ensure-table';
import { listSnapshots } from '../tables/snapshots';

const SPARK_WITHIN_MS = 300_000;
const TABLE = 'lake.measurements';
const TOTALS = `
  SELECT count(*) AS n, sum(amount) AS amount, sum(rate) AS rate, sum(big) AS big, sum(size(tags)) AS tags
    FROM ${TABLE}`;

describeReaders(
  'a lake as a Hadoop catalog of Spark',
  () => {
    let lake: TestLake;

    beforeEach(async () => {
      lake = await createLake();
      await ensureTable(lake, measurements, STORE_IDENTITY);
      for (const number of [0, 1, 2]) await addCut(lake, number);
    });
    afterEach(() => lake.remove());

    it(
      'has every value, each earlier state, and the files of a partition',
      async () => {
        const [, , first] = await listSnapshots(lake, measurements.name);
        const [totals, earlier, pruned, one] = await sparkSql({ url: lake.folder }, [
          TOTALS,
          `SELECT count(*) AS n FROM ${TABLE} VERSION AS OF ${first!.id}`,
          `SELECT count(*) AS n, count(DISTINCT _file) AS files FROM ${TABLE}
            WHERE kind = 'a' AND day < DATE '2010-02-01'`,
          `SELECT * FROM ${TABLE} WHERE kind = 'a' AND id = 'measurement-with-a-long-id-1'`,
        ]);
        expect(totals).toEqual([
          { n: 60, amount: '-37.0350', rate: '493827156049.3827156640', big: 200_000_000_730, tags: 88 },
        ]);
        expect(earlier).toEqual([{ n: 20 }]);
        expect(pruned).toEqual([{ n: 10, files: 1 }]);
        expect(one).toEqual([
          {
            id: 'measurement-with-a-long-id-1',
            kind: 'a',
            day: '2010-01-02',
            at: '2010-01-02 12:00:00.005000',
            amount: '-1.2345',
            rate: '12345678901.2345678902',
            count: 1,
            big: 4_000_000_001,
            good: false,
            tags: ['tag', 'tag-1'],
          },
        ]);
      },
      SPARK_WITHIN_MS,
    );

    it(
      'is the same after a compaction and an expiry, and takes a row of Spark’s',
      async () => {
        await compactFiles(lake, measurements, rewriteGroup(lake));
        await expireSnapshots(lake, measurements.name);
        const [before, , after] = await sparkSql({ url: lake.folder }, [
          TOTALS,
          `INSERT INTO ${TABLE} VALUES ('x', 'c', DATE '2010-05-01', TIMESTAMP '2010-05-01 00:00:00',
             1.5, NULL, 1, 1, true, NULL)`,
          TOTALS,
        ]);
        expect([before?.[0]?.n, after?.[0]?.n]).toEqual([60, 61]);
        await addCut(catalogIn(lake.store), 3);
        const [last] = await sparkSql({ url: lake.folder }, [TOTALS]);
        expect(last?.[0]?.n).toBe(81);
      },
      SPARK_WITHIN_MS,
    );
  },
  needSpark,
);
