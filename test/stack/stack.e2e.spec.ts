import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runStack } from '../support/stack';

describe('npm run stack', () => {
  it('says that Java is missing before it makes or starts anything', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-stack-'));
    const dataDir = join(folder, 'data');
    await mkdir(join(folder, 'empty'));
    const outcome = await runStack(['--data-dir', dataDir], { PATH: join(folder, 'empty') });
    expect(outcome).toEqual({
      exitCode: 1,
      output: expect.stringMatching(/^Kafka needs Java 17 or later: install it .*\n$/),
    });
    expect(existsSync(dataDir)).toBe(false);
    await rm(folder, { recursive: true, force: true });
  });

  it('names what is wrong on its command line and in the environment', async () => {
    const options = await runStack(['--kafka-port', 'x']);
    expect(options).toEqual({
      exitCode: 2,
      output: expect.stringMatching(/^Configuration: --kafka-port x/),
    });
    const environment = await runStack([], { PORT: 'x' });
    expect(environment).toEqual({ exitCode: 2, output: expect.stringMatching(/^Configuration: PORT=x/) });
  });
});
