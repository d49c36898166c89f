import { pause } from './pause';

const HOUR_MS = 3_600_000;

describe('a pause', () => {
  it('ends by itself', async () => {
    await pause(1, new AbortController().signal);
    await pause(1, undefined);
  });

  it('ends quietly when its signal aborts, also beforehand', async () => {
    const stopping = new AbortController();
    const pausing = pause(HOUR_MS, stopping.signal);
    stopping.abort();
    await pausing;
    await pause(HOUR_MS, stopping.signal);
  });
});
