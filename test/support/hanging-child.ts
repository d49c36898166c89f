// A process that starts another one, writes its pid and waits. The other one watches its parent, and hangs.
import { fork } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { endWithParent } from '../../src/runtime/workers/end-with-parent';

async function hang(): Promise<void> {
  endWithParent();
  await delay(500);
  process.send?.('hangs');
  await delay(100);
  for (;;);
}

if (process.argv[2] === 'child') void hang();
else {
  const child = fork(`${__dirname}/run-typescript.js`, [__filename, 'child']);
  child.once('message', () => process.stdout.write(`${child.pid}\n`));
}
