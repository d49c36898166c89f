/** A value and the time from which it holds, in Unix milliseconds. Lists are in the order of the requests. */
export interface Told<T> {
  at: number;
  value: T;
}

/** The value at a time: the last one before it; of values from the same time, the one requested last. */
export function trueAt<T>(begun: T, told: readonly Told<T>[], time: number): T {
  let best: Told<T> = { at: Number.NEGATIVE_INFINITY, value: begun };
  for (const each of told) if (each.at <= time && each.at >= best.at) best = each;
  return best.value;
}

/** The accepted requests for one product. */
export class ExpectedProduct {
  readonly names: Told<string>[] = [];
  readonly categories: Told<string>[] = [];
  readonly prices: Told<string>[] = [];

  constructor(
    readonly id: string,
    /** null: never listed */
    public listed: { category: string; price: string } | null = null,
  ) {}

  /** null: no request gave one */
  get name(): string | null {
    return trueAt<string | null>(
      null,
      this.names.filter(({ value }) => value !== this.id),
      Number.MAX_SAFE_INTEGER,
    );
  }

  categoryAt(time: number): string | null {
    return this.listed && trueAt(this.listed.category, this.categories, time);
  }

  priceAt(time: number): string | null {
    return this.listed && trueAt(this.listed.price, this.prices, time);
  }
}

export type Details = Record<'name' | 'email' | 'country' | 'region', string | null>;

/** The accepted requests for one registered customer. */
export class ExpectedCustomer {
  readonly told: Record<keyof Details, Told<string | null>[]> = {
    name: [],
    email: [],
    country: [],
    region: [],
  };

  constructor(readonly registered: Details) {}

  at(detail: keyof Details, time: number): string | null {
    return trueAt(this.registered[detail], this.told[detail], time);
  }

  /** A request that repeats a value changes nothing. */
  change(details: Partial<Details>, at: number): void {
    for (const [key, value] of Object.entries(details)) {
      const detail = key as keyof Details;
      if (this.at(detail, at) !== value) this.told[detail].push({ at, value });
    }
  }
}
