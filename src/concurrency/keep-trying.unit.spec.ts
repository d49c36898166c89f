import { setTimeout as delay } from 'node:timers/promises';
import pino from 'pino';
import { keepTrying, OvertakenError } from './keep-trying';

jest.mock('node:timers/promises', () => ({ setTimeout: jest.fn() }));
const pause = delay as unknown as jest.Mock;

/** One round of the work. It calls `well` to say that it succeeds. */
type Round = (well: () => void) => void;

const fails: Round = () => {
  throw new Error('refused');
};
const moves: Round = () => {
  throw new OvertakenError('by another process');
};
const failsAfterGoingWell: Round = (well) => {
  well();
  fails(well);
};
const ends: Round = () => {};

let stopping: AbortController;
let log: object[];

beforeEach(() => {
  stopping = new AbortController();
  log = [];
  pause.mockReset().mockResolvedValue(undefined);
});

/** Does the rounds one after the other, then stops. */
function run(rounds: Round[], options: { overtakenAtOnce?: boolean } = {}): Promise<void> {
  const logger = pino({ level: 'debug' }, { write: (line: string) => log.push(JSON.parse(line)) });
  const left = [...rounds, () => stopping.abort()];
  const work = async (well: () => void) => left.shift()?.(well);
  return keepTrying(stopping.signal, work, {
    failed: 'it failed',
    overtaken: 'it moved',
    ...options,
    logger,
  });
}

const pauses = () => pause.mock.calls.map(([ms]) => ms);

it('pauses twice as long after each failure, 5 seconds at most', async () => {
  await run(Array(8).fill(fails));
  expect(pauses()).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
});

it('logs each failure, and how long it will pause', async () => {
  await run([fails, fails]);
  expect(log).toMatchObject([
    { level: 50, msg: 'it failed', retryInMs: 100, err: { message: 'refused' } },
    { level: 50, msg: 'it failed', retryInMs: 200, err: { message: 'refused' } },
  ]);
});

it('pauses shortly again once the work has said that it goes well', async () => {
  await run([fails, fails, failsAfterGoingWell, fails]);
  expect(pauses()).toEqual([100, 200, 100, 200]);
});

it('repeats work that ended without an error at once, and pauses shortly after a failure', async () => {
  await run([fails, fails, ends, fails]);
  expect(pauses()).toEqual([100, 200, 100]);
});

it('logs no error when another process was first, and pauses all the same', async () => {
  await run([moves, moves]);
  expect(log).toMatchObject([
    { level: 20, msg: 'it moved', reason: 'by another process' },
    { level: 20, msg: 'it moved', reason: 'by another process' },
  ]);
  expect(pauses()).toEqual([100, 200]);
});

it('can begin again at once when another process was first', async () => {
  await run([fails, moves, moves, fails], { overtakenAtOnce: true });
  expect(pauses()).toEqual([100, 200]);
});

it('does not log a failure that the stop has caused', async () => {
  await run([
    (well) => {
      stopping.abort();
      fails(well);
    },
  ]);
  expect([log, pauses()]).toEqual([[], []]);
});

it('is stopped in the middle of a pause', async () => {
  pause.mockImplementation(jest.requireActual('node:timers/promises').setTimeout);
  const running = run([fails, fails, fails, fails, fails, fails, fails, fails, fails, fails]);
  while (pauses().length === 0) await new Promise((resolve) => setImmediate(resolve));
  stopping.abort();
  await running;
  expect(pauses()).toEqual([100]);
});
