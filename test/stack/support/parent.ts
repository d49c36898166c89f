// A process with a child: `node run-typescript.js parent.ts`. It prints the child's process id.
import { startChild } from '../../../stack/child-process';

async function main(): Promise<void> {
  const child = await startChild(['sleep', '600']);
  process.stdout.write(`${child.pid}\n`);
  await child.ended;
}

void main();
