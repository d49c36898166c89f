import { census, expectWholeLog, readLog } from './support/census';
import { expectEqualReadModels } from './support/equal-read-models';
import { expectSameAnswer, WRITERS, writeUntilKilled } from './support/requests';
import { ROUND_TIMEOUT_MS, randomPoints, rounds, tell } from './support/rounds';
import { Sandbox } from './support/sandbox';

const MOST_EVENTS = 1_500;
const EVENTS = 'SELECT max(position) FROM tidemark.events';

describe('a server that is killed while orders come in', () => {
  let empty: Sandbox;
  beforeAll(async () => {
    empty = await Sandbox.create();
  }, ROUND_TIMEOUT_MS);
  afterAll(() => empty.remove());

  it.each(rounds)(
    'round $round: keeps what it acknowledged, once, after kill -9 of $victims',
    async ({ database }) => {
      const sandbox = await Sandbox.create(empty);
      try {
        const first = sandbox.start('start');
        const requests = await writeUntilKilled(await first.url, async () => {
          await sandbox.until(first, EVENTS, WRITERS + (randomPoints(1, MOST_EVENTS)[0] ?? 0));
          await sandbox.kill(first, { database });
        });
        const acknowledged = requests.filter(({ answer }) => answer);
        expect(acknowledged.length).toBeGreaterThan(0);

        const before = await readLog(sandbox);
        expectWholeLog(before);
        const all = new Set(requests.map(({ event }) => event));
        const names = before.map(({ stream, type }) => `${stream} ${type}`);
        const lostAcknowledged = acknowledged.filter(({ event }) => !names.includes(event));
        const { doubled } = census(before, all);

        const second = sandbox.start('start');
        const url = await second.url;
        for (const request of requests) await expectSameAnswer(url, request, names);
        await expectEqualReadModels(sandbox);
        second.process.kill('SIGTERM');
        expect((await second.ended).exitCode).toBe(0);

        const after = await readLog(sandbox);
        expectWholeLog(after);
        const final = census(after, all);
        tell({
          fault: 'kill -9 of a server under mutation load',
          lost: lostAcknowledged.length + final.lost.length,
          doubled: doubled.length + final.doubled.length,
        });
        expect({ lostAcknowledged, doubledBefore: doubled, ...final }).toEqual({
          lostAcknowledged: [],
          doubledBefore: [],
          lost: [],
          doubled: [],
        });
      } finally {
        await sandbox.remove();
      }
    },
    ROUND_TIMEOUT_MS,
  );
});
