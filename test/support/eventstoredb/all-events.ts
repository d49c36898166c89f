import { createHash } from 'node:crypto';
import type { Stored } from './server-log';

/**
 * A run of events of another program, which are made when they are looked at: a million of them take no
 * memory.
 */
interface Strangers {
  count: number;
  /** position of the first, and bytes from one to the next */
  position: bigint;
  bytes: bigint;
}

type Part = { first: number } & ({ events: Stored[] } | { strangers: Strangers });

const STRANGE_DATA = Buffer.from('{"of":"another program"}');
const NOTHING = Buffer.alloc(0);

/** $all: every event in order, by its number from 0. */
export class AllEvents {
  private readonly parts: Part[] = [];
  private count = 0;

  get length(): number {
    return this.count;
  }

  push(event: Stored): void {
    const last = this.parts.at(-1);
    if (last && 'events' in last) last.events.push(event);
    else this.parts.push({ first: this.count, events: [event] });
    this.count++;
  }

  pushStrangers(strangers: Strangers): void {
    this.parts.push({ first: this.count, strangers });
    this.count += strangers.count;
  }

  at(index: number): Stored | undefined {
    if (index < 0 || index >= this.count) return undefined;
    const part = this.parts.findLast(({ first }) => first <= index) as Part;
    const nth = index - part.first;
    return 'events' in part ? part.events[nth] : stranger(part.strangers, nth);
  }
}

function stranger({ position: first, bytes }: Strangers, nth: number): Stored {
  const position = first + BigInt(nth) * bytes;
  const hex = createHash('md5').update(`stranger ${position}`).digest('hex');
  return {
    id: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
    type: 'SomethingElse',
    contentType: 'application/json',
    data: STRANGE_DATA,
    metadata: NOTHING,
    stream: 'strangers',
    revision: nth,
    position,
    created: '17000000000000000',
  };
}
