import { checkMetadata, type Snapshot, type TableMetadata } from './metadata';
import { applyUpdates, snapshotUpdates, type TableUpdate } from './updates';

const empty = checkMetadata({
  'format-version': 2,
  'last-updated-ms': 1_000,
  location: 'file:///lake/things',
});

const snapshot = (id: bigint): Snapshot => ({
  'snapshot-id': id,
  'sequence-number': Number(id),
  'timestamp-ms': 1_000 + Number(id),
  'manifest-list': `list-${id}`,
  summary: { operation: 'append' },
});
const apply = (base: TableMetadata, ...updates: TableUpdate[]) => applyUpdates(base, 'file:///v1', updates);
const withSnapshots = (...ids: bigint[]) =>
  ids.reduce((metadata, id) => apply(metadata, ...snapshotUpdates(snapshot(id))), empty);
const logOf = (metadata: TableMetadata) => metadata['snapshot-log'].map((entry) => entry['snapshot-id']);

describe('updates of table metadata', () => {
  it('make an added snapshot the current one, with its number and time', () => {
    expect(withSnapshots(1n, 2n)).toMatchObject({
      'current-snapshot-id': 2n,
      refs: { main: { 'snapshot-id': 2n, type: 'branch' } },
      'last-sequence-number': 2,
      'last-updated-ms': 1_002,
      'snapshot-log': [
        { 'snapshot-id': 1n, 'timestamp-ms': 1_001 },
        { 'snapshot-id': 2n, 'timestamp-ms': 1_002 },
      ],
    });
  });

  it('leave no gap in the log when a snapshot is removed', () => {
    const removed = apply(withSnapshots(1n, 2n, 3n), { action: 'remove-snapshots', 'snapshot-ids': [2n] });
    expect(removed.snapshots.map((one) => one['snapshot-id'])).toEqual([1n, 3n]);
    expect(logOf(removed)).toEqual([3n]);
  });

  it('write a rollback into the log', () => {
    const rollback: TableUpdate = {
      action: 'set-snapshot-ref',
      'ref-name': 'main',
      type: 'branch',
      'snapshot-id': 1n,
    };
    expect(logOf(apply(withSnapshots(1n, 2n), rollback))).toEqual([1n, 2n, 1n]);
  });

  it('set and remove properties', () => {
    const set = apply(empty, { action: 'set-properties', updates: { a: '1', b: '2' } });
    expect(apply(set, { action: 'remove-properties', removals: ['a', 'c'] }).properties).toEqual({ b: '2' });
  });

  it('name the 100 versions before, and no more', () => {
    let metadata = empty;
    for (let version = 1; version <= 150; version++) metadata = applyUpdates(metadata, `v${version}`, []);
    expect(metadata['metadata-log']).toHaveLength(100);
    expect(metadata['metadata-log'].at(0)?.['metadata-file']).toBe('v51');
    expect(metadata['metadata-log'].at(-1)?.['metadata-file']).toBe('v150');
  });

  it('never go back in time, whatever the clock says', () => {
    const ahead = { ...empty, 'last-updated-ms': Date.now() + 3_600_000 };
    expect(apply(ahead)['last-updated-ms']).toBe(ahead['last-updated-ms']);
  });
});
