/**
 * Bounds the bytes that all clients together make the server hold: requests that have not come whole, and
 * answers that are not read. When there are too many, the client that holds the most is given up, among
 * equals the one that came first. So a stalled client gives way to one that moves on, and a large one to a
 * small one.
 */
export class HeldBytes {
  private total = 0;
  /** in the order in which they were opened */
  private readonly holders = new Set<Holder>();

  /** @param most bytes of all together */
  constructor(private readonly most: number) {}

  /** Bytes that are held now. */
  get bytes(): number {
    return this.total;
  }

  /** @param giveUp ends the request or connection that the bytes are held for; called at most once */
  open(giveUp: () => void): Holder {
    const holder: Holder = {
      bytes: 0,
      add: (bytes) => {
        if (!this.holders.has(holder)) return;
        holder.bytes += bytes;
        this.total += bytes;
        while (this.total > this.most) this.giveUpLargest();
      },
      close: () => {
        if (this.holders.delete(holder)) this.total -= holder.bytes;
      },
      giveUp,
    };
    this.holders.add(holder);
    return holder;
  }

  private giveUpLargest(): void {
    let largest: Holder | undefined;
    for (const holder of this.holders) if (!largest || holder.bytes > largest.bytes) largest = holder;
    largest?.close();
    largest?.giveUp();
  }
}

/** What is held for one client. */
export interface Holder {
  bytes: number;
  /** Holds more, or less where `bytes` is below zero. Does nothing once it is closed. */
  add(bytes: number): void;
  /** Releases all that is held. */
  close(): void;
  giveUp(): void;
}
