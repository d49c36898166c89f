import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { until } from '../../../test/support/until';
import { runs } from '../../../test/support/workers';

const SUPPORT = join(__dirname, '../../../test/support');

it('ends a process whose event loop hangs, when its parent is killed', async () => {
  const parent = spawn(
    process.execPath,
    [join(SUPPORT, 'run-typescript.js'), join(SUPPORT, 'hanging-child.ts')],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [written] = (await once(parent.stdout, 'data')) as [Buffer];
  const child = Number(written.toString());
  expect(runs(child)).toBe(true);
  parent.kill('SIGKILL');
  await until(() => !runs(child));
});
