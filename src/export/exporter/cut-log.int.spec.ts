import { FolderLake } from '../../../test/support/lake/test-lake';
import type { Cut } from './cut';
import { CutLog } from './cut-log';

const cutOf = (number: number): Cut => ({
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

  it.each([undefined, 1, 3, 99])('end with the last one, also where number %s was noted', async (noted) => {
    for (const number of [1, 2, 3]) await cuts.decide(cutOf(number));
    if (noted !== undefined) await cuts.finished(noted);
    expect(await cuts.latest()).toEqual(cutOf(3));
  });
});
