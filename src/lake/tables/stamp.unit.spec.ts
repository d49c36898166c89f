import type { Cut } from '../cuts/cut';
import type { Snapshot, TableMetadata } from '../iceberg/metadata';
import {
  atCut,
  carriedStamp,
  cutOf,
  cutOfSummary,
  isOfLaterCut,
  resumingAfter,
  rolledBackTo,
  stampOf,
  summaryOf,
} from './stamp';

const metadataWith = (properties: Record<string, string>) => ({ properties }) as unknown as TableMetadata;
const snapshotWith = (summary: Record<string, string>) => ({ summary }) as unknown as Snapshot;
const stamp = { number: 7, from: '0010', through: '0020', store: 'store-1' };

describe('the stamp of a cut', () => {
  it.each<[Partial<Cut>, string, string]>([
    [{ kind: 'range', after: '1', through: '5' }, '1', '5'],
    [{ kind: 'backfill', after: '1', until: '3', through: '5' }, '1', '3'],
    [{ kind: 'redrive', through: '5' }, '5', '5'],
  ])('of %j names the positions of its rows', (cut, from, through) => {
    expect(stampOf({ ...cut, number: 7 } as Cut, 'store-1')).toEqual({ ...stamp, from, through });
  });

  it('is read from the summary that it was written to', () => {
    expect(cutOfSummary(summaryOf(stamp))).toEqual({ cut: 7, throughPosition: '0020' });
    expect(cutOfSummary({ operation: 'append' })).toEqual({});
    expect(cutOfSummary(undefined)).toEqual({});
  });

  it('stays with rows that are only written into other files', () => {
    const history = [
      snapshotWith({ operation: 'replace' }),
      snapshotWith(summaryOf(stamp)),
      snapshotWith({}),
    ];
    expect(carriedStamp(history)).toEqual({
      'tidemark.cut': '7',
      'tidemark.through-position': '0020',
      'tidemark.store': 'store-1',
    });
    expect(carriedStamp([])).toEqual({});
  });
});

describe('a table', () => {
  it('says which cut it has, and which it was rolled back to', () => {
    expect(cutOf(metadataWith({}))).toBeUndefined();
    expect(cutOf(metadataWith(atCut(7)))).toBe(7);
    expect(rolledBackTo(metadataWith(atCut(7)))).toBeUndefined();
    expect(rolledBackTo(metadataWith({ ...atCut(0), ...resumingAfter(0) }))).toBe(0);
    expect(resumingAfter(3)).not.toEqual(resumingAfter(3));
  });

  it.each([
    ['orders/data/change_date_month=2024-01/000000000008-0123456789abcdef.parquet', true],
    ['orders/data/000000000008.parquet', true],
    ['orders/data/000000000007-0123456789abcdef.parquet', false],
    ['orders/data/compacted-6ecd8c99-4036-403d-bf84-cf8400f67836-0123456789abcdef.parquet', false],
    ['orders/metadata/v8.metadata.json', false],
  ])('tells of %s whether it is of a cut to come: %s', (key, isLater) => {
    const table = { name: 'orders', metadata: metadataWith(atCut(7)), metadataLocation: '' };
    expect(isOfLaterCut(key, table)).toBe(isLater);
  });
});
