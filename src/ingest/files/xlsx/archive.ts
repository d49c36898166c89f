import type { Readable } from 'node:stream';
import { type Entry, fromBuffer, type ZipFile } from 'yauzl';
import { InputError } from '../../input-error';

/** The files in a zip archive. */
export interface Archive {
  names: string[];
  /** @throws InputError where there is no such file, or it is damaged */
  open(name: string): Promise<Readable>;
}

/** Opens a zip archive in memory. @throws InputError where it is damaged */
export async function openArchive(name: string, bytes: Buffer): Promise<Archive> {
  const damaged = (error: Error) => new InputError(`${name} is cut short or damaged (${error.message})`);
  const entries = new Map<string, Entry>();
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true }, (error, opened) => {
      if (error) return reject(damaged(error));
      opened.on('error', (cause: Error) => reject(damaged(cause)));
      opened.on('entry', (entry: Entry) => {
        entries.set(entry.fileName, entry);
        opened.readEntry();
      });
      opened.on('end', () => resolve(opened));
      opened.readEntry();
    });
  });
  return {
    names: [...entries.keys()],
    open: (file) =>
      new Promise((resolve, reject) => {
        const entry = entries.get(file);
        if (entry === undefined) return reject(new InputError(`${name} is damaged: it has no ${file}`));
        zip.openReadStream(entry, (error, stream) => (error ? reject(damaged(error)) : resolve(stream)));
      }),
  };
}
