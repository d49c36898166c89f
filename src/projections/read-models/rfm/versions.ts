import type { CustomerTable } from './customer-table';
import { grown } from './grown';
import { Measures } from './measures';

const INITIAL_CAPACITY = 1024;

/**
 * The rows that customers have had in a window of the log: of each customer that changes, the one from before
 * and one after each change. They are numbered as they come.
 */
export class Versions {
  readonly measures = new Measures();
  private customers = new Int32Array(INITIAL_CAPACITY);
  /** version -> the first one of its customer */
  private firsts = new Int32Array(INITIAL_CAPACITY);
  /** version -> the one that its customer had before; a first one has itself */
  private befores = new Int32Array(INITIAL_CAPACITY);
  /** ordinal -> one more than its last version; 0 without one */
  private lasts = new Int32Array(INITIAL_CAPACITY);
  private count = 0;

  constructor(private readonly table: CustomerTable) {}

  get size(): number {
    return this.count;
  }

  /** Adds a version that is as the customer's last one, for the caller to change. */
  next(customer: number): number {
    while (customer >= this.lasts.length) this.lasts = grown(this.lasts);
    if (this.lasts[customer] === 0) this.add(customer, this.count, this.table.measures, customer);
    const last = this.lastOfCustomer(customer);
    return this.add(customer, last, this.measures, last);
  }

  /** Whether the version is a customer's from before the window. */
  isFirst(version: number): boolean {
    return this.firsts[version] === version;
  }

  /** Whether a customer with this version is in the population. */
  isRanked(version: number): boolean {
    return (this.measures.frequency[version] as number) > 0;
  }

  customerOf(version: number): number {
    return this.customers[version] as number;
  }

  /** The version that the customer had before this one, which is not its first. */
  beforeOf(version: number): number {
    return this.befores[version] as number;
  }

  firstOf(version: number): number {
    return this.firsts[version] as number;
  }

  lastOf(version: number): number {
    return this.lastOfCustomer(this.customerOf(version));
  }

  all(): Int32Array {
    const all = new Int32Array(this.count);
    for (let version = 0; version < this.count; version += 1) all[version] = version;
    return all;
  }

  /** Those of the versions with which a customer is in the population. */
  rankedOf(versions: Int32Array): Int32Array {
    const ranked = new Int32Array(versions.length);
    let length = 0;
    for (const version of versions) if (this.isRanked(version)) ranked[length++] = version;
    return ranked.subarray(0, length);
  }

  /** What a column by ordinal has for each version's customer. */
  valuesOfCustomers(column: Float64Array): Float64Array {
    const values = new Float64Array(this.count);
    for (let version = 0; version < this.count; version += 1) {
      values[version] = column[this.customerOf(version)] as number;
    }
    return values;
  }

  /** Puts the last versions into the table, and begins a new window. */
  settle(): void {
    for (let version = 0; version < this.count; version += 1) {
      if (!this.isFirst(version)) continue;
      const customer = this.customerOf(version);
      this.table.measures.copy(customer, this.measures, this.lastOfCustomer(customer));
      this.lasts[customer] = 0;
    }
    this.count = 0;
  }

  private lastOfCustomer(customer: number): number {
    return (this.lasts[customer] as number) - 1;
  }

  private add(customer: number, before: number, from: Measures, row: number): number {
    const version = this.count++;
    if (version === this.customers.length) {
      this.customers = grown(this.customers);
      this.firsts = grown(this.firsts);
      this.befores = grown(this.befores);
    }
    this.measures.clear(version);
    this.measures.copy(version, from, row);
    this.customers[version] = customer;
    this.befores[version] = before;
    this.firsts[version] = before === version ? version : (this.firsts[before] as number);
    this.lasts[customer] = version + 1;
    return version;
  }
}
