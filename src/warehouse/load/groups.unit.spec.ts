import fc from 'fast-check';
import type { LakeFile } from '../lake-files';
import { groups } from './groups';

const file = (bytes: number): LakeFile => ({
  key: `${bytes}`,
  rows: 1,
  bytes,
  snapshotId: '1',
  throughPosition: '1',
  localPath: async () => '',
});

describe('files that are read together', () => {
  it('are all of them, in their order, and within the limits unless one alone is not', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30)), fc.integer({ min: 1, max: 6 }), (sizes, most) => {
        const files = sizes.map(file);
        const found = [...groups(files, { bytes: 20, most })];
        expect(found.flat()).toEqual(files);
        for (const group of found) {
          expect(group.length).toBeGreaterThan(0);
          expect(group.length).toBeLessThanOrEqual(most);
          const bytes = group.reduce((sum, one) => sum + one.bytes, 0);
          expect(bytes <= 20 || group.length === 1).toBe(true);
        }
      }),
    );
  });

  it('are as many as fit', () => {
    const found = [...groups([10, 10, 1, 19, 30, 5].map(file), { bytes: 20, most: 10 })];
    expect(found.map((group) => group.map(({ bytes }) => bytes))).toEqual([[10, 10], [1, 19], [30], [5]]);
  });
});
