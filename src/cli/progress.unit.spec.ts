import { Writable } from 'node:stream';
import { createProgress, duration } from './progress';

class Capture extends Writable {
  text = '';
  columns = 200;
  constructor(readonly isTTY: boolean) {
    super();
  }
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

test('a terminal has a bar with rate and time left, and then the summary in its place', () => {
  const stream = new Capture(true);
  let clock = 0;
  const progress = createProgress({
    label: 'Importing',
    total: 1_000,
    unit: 'rows',
    stream,
    now: () => clock,
  });
  clock = 2_000;
  progress.update(500, '3 rejected');
  expect(stream.text).toBe(
    '\r\x1b[2KImporting  [############............]  50%  500/1,000 rows  250/s  ETA 2s  3 rejected',
  );
  progress.done('Imported 1,000 rows');
  expect(stream.text.endsWith('\r\x1b[2KImported 1,000 rows\n')).toBe(true);
});

test('elsewhere there is a plain line every few seconds', () => {
  const stream = new Capture(false);
  let clock = 0;
  const progress = createProgress({ label: 'Replaying', unit: 'events', stream, now: () => clock });
  for (clock = 1_000; clock <= 12_000; clock += 1_000) progress.update(clock);
  progress.done('done');
  expect(stream.text.split('\n')).toEqual([
    'Replaying  5,000 events  1,000/s',
    'Replaying  10,000 events  1,000/s',
    'done',
    '',
  ]);
});

test('the rate is that of the last seconds', () => {
  const stream = new Capture(false);
  let clock = 0;
  const progress = createProgress({ label: 'Replaying', unit: 'events', stream, now: () => clock });
  for (clock = 5_000; clock <= 60_000; clock += 5_000) progress.update(clock < 30_000 ? clock : 30_000);
  expect(stream.text.trimEnd().split('\n').at(-1)).toBe('Replaying  30,000 events  0/s');
});

test.each([
  [0.4, '0s'],
  [59, '59s'],
  [187, '3m07s'],
  [7_500, '2h05m'],
])('%s seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
