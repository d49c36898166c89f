// A process that writes into a lake: `node run-typescript.js folder-writer.ts <folder> race <name> <keys>`
// tells the keys that it won; `... write <name> <bytes>` writes objects without an end and tells each.
import { openFolderStore } from '../../src/lake/object-store/folder-store';

async function main(folder: string, task: string, name: string, count: number): Promise<void> {
  const store = await openFolderStore(folder);
  for (let n = 0; task === 'write' || n < count; n++) {
    const key = task === 'race' ? `key-${n}` : `${name}-${n}`;
    const body = task === 'race' ? Buffer.from(name) : Buffer.alloc(count, name);
    if ((await store.putIfAbsent(key, body)) === 'created') console.log(key);
  }
}

const [folder = '', task = '', name = '', count = ''] = process.argv.slice(2);
main(folder, task, name, Number(count)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
