import { explainFailure } from './explain';

const explain = (output: string) =>
  explainFailure('PostgreSQL did not start', '/data/postgres', output).message;

test.each([
  [
    'FATAL:  could not write to file "pg_wal/x": No space left on device',
    'the disk that holds /data/postgres is full',
  ],
  ['ENOSPC: no space left on device, write', 'the disk that holds /data/postgres is full'],
  ['initdb: error: could not create directory: Read-only file system', 'is on a read-only file system'],
  ['EACCES: permission denied, open', 'permission was denied below /data/postgres'],
  ['FATAL:  data directory "/data/postgres/data" has wrong ownership', 'belongs to another user'],
  ['FATAL:  data directory "/data/postgres/data" has invalid permissions', 'chmod 700 /data/postgres'],
  [
    'FATAL:  database files are incompatible with server\nDETAIL:  The data directory was initialized by ' +
      'PostgreSQL version 17, which is not compatible with this version 18.4.',
    '/data/postgres was made by PostgreSQL 17',
  ],
  ['FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use', 'still running'],
  [
    'initdb: error: could not look up effective user ID 4711: user does not exist',
    'has no name on this system',
  ],
  ['PANIC:  could not locate a valid checkpoint record', 'may be damaged'],
])('%s', (output, meaning) => {
  expect(explain(output)).toContain(meaning);
});

test("PostgreSQL's last words follow, without what it says at every start", () => {
  const noise = '2026-01-01 LOG:  starting PostgreSQL 18.4\n2026-01-01 LOG:  listening on IPv4 address';
  expect(explain(`${noise}\n2026-01-01 FATAL:  something odd\n`).split('\n')).toEqual([
    expect.stringContaining('PostgreSQL did not start: '),
    'Its last words:',
    '  | 2026-01-01 FATAL:  something odd',
  ]);
});
