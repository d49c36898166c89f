import { LogSignal } from './log-signal';

const never = new AbortController().signal;
const LONG_MS = 1_000_000;

it('wakes all that wait', async () => {
  const signal = new LogSignal();
  const waiting = [1, 2].map(() => signal.wait(signal.version, LONG_MS, never));
  signal.raise();
  await Promise.all(waiting);
});

it('does not wait where there was a signal since', async () => {
  const signal = new LogSignal();
  const { version } = signal;
  signal.raise();
  await signal.wait(version, LONG_MS, never);
});

it('gives up waiting after its time, or when it is aborted', async () => {
  const signal = new LogSignal();
  await signal.wait(signal.version, 1, never);
  await signal.wait(signal.version, LONG_MS, AbortSignal.abort());
  const abort = new AbortController();
  const waiting = signal.wait(signal.version, LONG_MS, abort.signal);
  abort.abort();
  await waiting;
});
