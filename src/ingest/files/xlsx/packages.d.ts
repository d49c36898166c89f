// The parts of two packages that are used here. One of them comes without types.

declare module 'yauzl' {
  import type { EventEmitter } from 'node:events';
  import type { Readable } from 'node:stream';

  export interface Entry {
    fileName: string;
  }
  export interface ZipFile extends EventEmitter {
    readEntry(): void;
    openReadStream(entry: Entry, done: (error: Error | null, stream: Readable) => void): void;
  }
  export function fromBuffer(
    bytes: Buffer,
    options: { lazyEntries: boolean },
    done: (error: Error | null, zip: ZipFile) => void,
  ): void;
}

declare module 'saxes' {
  export interface SaxesTag {
    name: string;
    attributes: Record<string, string>;
  }
  export class SaxesParser {
    on(event: 'error', handler: (error: Error) => void): void;
    on(event: 'opentag' | 'closetag', handler: (tag: SaxesTag) => void): void;
    on(event: 'text' | 'cdata', handler: (text: string) => void): void;
    write(chunk: string): this;
    close(): this;
  }
}
