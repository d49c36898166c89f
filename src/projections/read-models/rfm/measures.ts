import { grown } from './grown';

/** A customer as the tables hold it. */
export interface CustomerRow {
  customerId: string;
  /** Unix milliseconds; null without a valid order */
  lastOrderAt: number | null;
  frequency: number;
  /** minor units of the reporting currency */
  monetary: bigint;
  unconverted: number;
}

const INITIAL_CAPACITY = 1024;

/**
 * Rows of measures in columns, about 24 bytes a row. The columns are replaced when they grow, so they must be
 * read anew after a row was added.
 */
export class Measures {
  /** Unix milliseconds; NaN without a valid order */
  lastOrderAt = new Float64Array(INITIAL_CAPACITY);
  frequency = new Int32Array(INITIAL_CAPACITY);
  unconverted = new Int32Array(INITIAL_CAPACITY);
  /**
   * Net sales, rounded where the amount is beyond the safe integers. Where two of them differ, the amounts do
   * in the same way.
   */
  monetary = new Float64Array(INITIAL_CAPACITY);
  private readonly largeMonetary = new Map<number, bigint>();

  /** Whether any amount is beyond the safe integers. */
  get anyLarge(): boolean {
    return this.largeMonetary.size > 0;
  }

  /** Makes room for a row and empties it. */
  clear(row: number): void {
    if (row >= this.frequency.length) this.grow();
    this.lastOrderAt[row] = Number.NaN;
    this.frequency[row] = 0;
    this.unconverted[row] = 0;
    this.setMonetary(row, 0);
  }

  put(row: number, { lastOrderAt, frequency, monetary, unconverted }: Omit<CustomerRow, 'customerId'>): void {
    this.lastOrderAt[row] = lastOrderAt ?? Number.NaN;
    this.frequency[row] = frequency;
    this.unconverted[row] = unconverted;
    this.setMonetary(row, monetary);
  }

  /** Copies a row of `other` over a row of these, which has to be there. */
  copy(row: number, other: Measures, from: number): void {
    this.lastOrderAt[row] = other.lastOrderAt[from] as number;
    this.frequency[row] = other.frequency[from] as number;
    this.unconverted[row] = other.unconverted[from] as number;
    const monetary = other.monetary[from] as number;
    this.setMonetary(row, Number.isSafeInteger(monetary) ? monetary : other.monetaryOf(from));
  }

  row(row: number): Omit<CustomerRow, 'customerId'> {
    const lastOrderAt = this.lastOrderAt[row] as number;
    return {
      lastOrderAt: Number.isNaN(lastOrderAt) ? null : lastOrderAt,
      frequency: this.frequency[row] as number,
      monetary: this.monetaryOf(row),
      unconverted: this.unconverted[row] as number,
    };
  }

  monetaryOf(row: number): bigint {
    return this.largeMonetary.get(row) ?? BigInt(this.monetary[row] as number);
  }

  addMonetary(row: number, amount: number | bigint): void {
    const sum = (this.monetary[row] as number) + Number(amount);
    // A sum of safe integers that is safe itself is exact.
    const exact = typeof amount === 'number' && Number.isSafeInteger(sum) && !this.largeMonetary.has(row);
    this.setMonetary(row, exact ? sum : this.monetaryOf(row) + BigInt(amount));
  }

  /** The order of the net sales of a row and of a row of `other`. */
  compareMonetary(row: number, other: Measures, otherRow: number): number {
    const own = this.monetary[row] as number;
    const difference = own - (other.monetary[otherRow] as number);
    if (difference !== 0 || Number.isSafeInteger(own)) return difference;
    const exact = this.monetaryOf(row) - other.monetaryOf(otherRow);
    return exact === 0n ? 0 : exact < 0n ? -1 : 1;
  }

  private setMonetary(row: number, amount: number | bigint): void {
    const monetary = Number(amount);
    this.monetary[row] = monetary;
    if (!Number.isSafeInteger(monetary)) this.largeMonetary.set(row, BigInt(amount));
    else if (this.largeMonetary.size > 0) this.largeMonetary.delete(row);
  }

  private grow(): void {
    this.lastOrderAt = grown(this.lastOrderAt);
    this.frequency = grown(this.frequency);
    this.unconverted = grown(this.unconverted);
    this.monetary = grown(this.monetary);
  }
}
