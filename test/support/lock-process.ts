// A process that takes a lock, says so, and says when it has lost it: `<database url> <name>`.
import { AdvisoryLock } from '../../src/postgres/advisory-lock';

async function main(url = '', name = ''): Promise<void> {
  const lock = await AdvisoryLock.acquire(url, name, new AbortController().signal);
  lock?.onLost(() => process.stdout.write('lost\n', () => process.exit()));
  process.stdout.write('taken\n');
}

void main(process.argv[2], process.argv[3]);
