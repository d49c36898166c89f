import { FolderLake } from '../../../test/support/lake/test-lake';
import type { RangeCut } from './cut';
import { CutLog } from './cut-log';

const cutOf = (number: number): RangeCut => ({
  kind: 'range',
  number,
  after: String(number - 1),
  through: String(number),
  throughRecordedAt: number,
  datasets: ['orders'],
  refused: [],
});

describe('the cuts of a lake', () => {
  let lake: FolderLake;
  let cuts: CutLog;
  beforeEach(async () => {
    lake = await FolderLake.create();
    cuts = new CutLog(lake.store);
  });
  afterEach(() => lake.remove());

  it('are none at first', async () => {
    expect(await cuts.latest()).toBeUndefined();
  });

  it('are what the first writer of each decided', async () => {
    await cuts.decide(cutOf(1));
    expect(await cuts.decide({ ...cutOf(1), through: '7' })).toEqual(cutOf(1));
  });

  it('tell how far the log is in those of a dataset', async () => {
    const backfill = { kind: 'backfill', number: 3, dataset: 'returns', after: '', until: '1' } as const;
    const others = { through: '2', throughRecordedAt: 2, refused: [] };
    const all = [cutOf(1), cutOf(2), { ...backfill, ...others }, { ...cutOf(4), through: '3' }];
    for (const cut of all) await cuts.decide(cut);
    const last = all.at(-1)!;
    expect(await cuts.coveredThrough('orders', last)).toBe('3');
    expect(await cuts.coveredThrough('returns', last)).toBe('1');
    expect(await cuts.coveredThrough('customers', last)).toBe('');
  });

  it('are refused where they do not say what they refused, as those of earlier versions', async () => {
    const { refused: _, ...early } = cutOf(1);
    await lake.store.putIfAbsent('_tidemark/cuts/000000000001.json', Buffer.from(JSON.stringify(early)));
    await expect(cuts.latest()).rejects.toThrow('was begun by an earlier version of Tidemark');
  });

  it('are named when one is damaged, and a damaged note of what is finished is as none', async () => {
    for (const number of [1, 2]) await cuts.decide(cutOf(number));
    await lake.store.put('_tidemark/progress.json', Buffer.from('{"cu'));
    expect(await cuts.progress()).toBeUndefined();
    expect(await cuts.latest()).toEqual(cutOf(2));
    await cuts.finished(2);
    expect(await cuts.progress()).toBe(2);
    await lake.store.put('_tidemark/cuts/000000000002.json', Buffer.from('{"kind":'));
    await expect(cuts.latest()).rejects.toThrow(/cuts\/000000000002\.json is no JSON: it is damaged/);
  });

  it.each([undefined, 1, 3, 99])('end with the last one, also where number %s was noted', async (noted) => {
    for (const number of [1, 2, 3]) await cuts.decide(cutOf(number));
    if (noted !== undefined) await cuts.finished(noted);
    expect(await cuts.latest()).toEqual(cutOf(3));
  });
});
