/**
 * The bytes that clients make the server hold: requests that have not come whole, and answers that are not
 * read. No one of them decides how many that are in all: when there are too many, whoever has the most is
 * given up, among equals the one that has been there longest. A stalled client goes for one that moves on,
 * and a large one for a small one.
 */
export class HeldBytes {
  private total = 0;
  /** in the order in which they came */
  private readonly holders = new Set<Holder>();

  /** @param most bytes of all together */
  constructor(private readonly most: number) {}

  /** All that is held now. */
  get bytes(): number {
    return this.total;
  }

  /** @param giveUp ends what the bytes are held for; called at most once */
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
  /** More, or less where `bytes` is below zero. Nothing after it was closed. */
  add(bytes: number): void;
  /** Nothing is held any longer. */
  close(): void;
  giveUp(): void;
}
