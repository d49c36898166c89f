import { setImmediate as nextTurn } from 'node:timers/promises';
import { InFlight } from './in-flight';

function gate() {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe('what is in flight', () => {
  it('is bounded by number', async () => {
    const inFlight = new InFlight({ tasks: 3, weight: 1_000 });
    let running = 0;
    let most = 0;
    for (let i = 0; i < 20; i++) {
      await inFlight.start(1, async () => {
        most = Math.max(most, ++running);
        await nextTurn();
        running--;
      });
    }
    await inFlight.finish();
    expect(most).toBe(3);
    expect(running).toBe(0);
  });

  it('is bounded by weight, but one that is too heavy runs alone', async () => {
    const inFlight = new InFlight({ tasks: 100, weight: 10 });
    const [light, heavy] = [gate(), gate()];
    const started: string[] = [];
    const task = (name: string, until: Promise<void>) => () => {
      started.push(name);
      return until;
    };
    await inFlight.start(6, task('light', light.opened));
    const starting = inFlight.start(50, task('heavy', heavy.opened));
    await nextTurn();
    expect(started).toEqual(['light']);
    light.open();
    await starting;
    expect(started).toEqual(['light', 'heavy']);
    heavy.open();
    await inFlight.finish();
  });

  it('stops at the first error, and waits for the others', async () => {
    const inFlight = new InFlight({ tasks: 2, weight: 10 });
    const slow = gate();
    let finished = false;
    await inFlight.start(1, async () => {
      await slow.opened;
      finished = true;
    });
    await inFlight.start(1, () => Promise.reject(new Error('away')));
    await expect(inFlight.start(1, () => Promise.resolve())).rejects.toThrow('away');
    slow.open();
    await expect(inFlight.finish()).rejects.toThrow('away');
    expect(finished).toBe(true);
  });
});
