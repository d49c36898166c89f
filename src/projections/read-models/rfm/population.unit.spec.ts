import fc from 'fast-check';
import { compareIds } from '../../../domain/ids';
import { MEASURES, segmentOf, tierOf } from '../../../domain/rfm';
import type { CustomerRow } from './measures';
import { type Moved, Population, type Standing } from './population';

interface Step {
  customer: number;
  /** of the change's number: later ones are not always newer */
  at: number;
  kind: 'place' | 'cancel' | 'return';
  amount: bigint;
}

/** Everybody scored from nothing, by sorting and dealing. */
function standings(rows: Iterable<CustomerRow>): Map<string, Standing> {
  const members = [...rows].filter(({ frequency }) => frequency > 0);
  const deal = (buckets: number, keyOf: (row: CustomerRow) => bigint): Map<string, number> => {
    const sorted = [...members].sort((a, b) => {
      const [x, y] = [keyOf(a), keyOf(b)];
      return x === y ? compareIds(a.customerId, b.customerId) : x < y ? -1 : 1;
    });
    const dealt = new Map<string, number>();
    for (let bucket = 1; bucket <= buckets; bucket += 1) {
      const share = Math.ceil(sorted.length / (buckets - bucket + 1));
      for (const { customerId } of sorted.splice(0, share)) dealt.set(customerId, bucket);
    }
    return dealt;
  };
  const r = deal(5, (row) => BigInt(row.lastOrderAt ?? 0));
  const f = deal(5, (row) => BigInt(row.frequency));
  const t = deal(3, (row) => -row.monetary);
  return new Map(
    members.map(({ customerId: id }) => [
      id,
      { segment: segmentOf(r.get(id) ?? 0, f.get(id) ?? 0), tier: tierOf(t.get(id) ?? 0) },
    ]),
  );
}

const idOf = (customer: number) => ['c', 'zoë', '\u{1f600}', '\uffee'][customer % 4] + String(customer);

/** Steps taken one by one with everybody scored anew, and in windows by a Population. */
class Shop {
  readonly population = new Population();
  readonly rows = new Map<string, CustomerRow>();
  readonly expected: Moved[] = [];
  private change = 0;

  take({ customer, at, kind, amount }: Step): void {
    const customerId = idOf(customer);
    const row = { ...(this.rows.get(customerId) ?? { customerId, ...NOTHING }) };
    if (kind === 'cancel' && row.frequency === 0) return;
    if (kind !== 'return') row.frequency += kind === 'place' ? 1 : -1;
    row.lastOrderAt = row.frequency === 0 ? null : kind === 'return' ? row.lastOrderAt : at;
    row.monetary += amount;
    const before = standings(this.rows.values()).get(customerId) ?? null;
    this.rows.set(customerId, row);
    const after = standings(this.rows.values()).get(customerId) ?? null;
    if (before?.segment !== after?.segment || before?.tier !== after?.tier) {
      this.expected.push({ change: this.change, before, after });
    }
    const version = this.population.change(customerId);
    const measures = this.population.changing;
    measures.frequency[version] = row.frequency;
    measures.lastOrderAt[version] = row.lastOrderAt ?? Number.NaN;
    measures.addMonetary(version, amount >= 2n ** 53n || amount <= -(2n ** 53n) ? amount : Number(amount));
    this.change += 1;
  }

  endWindow(): void {
    const { changed, moved } = this.population.settle();
    expect(moved).toEqual(this.expected.splice(0));
    const ids = changed.map(({ customerId }) => customerId);
    expect(ids).toEqual([...ids].sort(compareIds));
    for (const row of changed) expect(row).toEqual(this.rows.get(row.customerId));
    const members = [...this.rows.values()].filter(({ frequency }) => frequency > 0);
    expect(this.population.size).toBe(members.length);
    this.expectBoundaries(members);
    this.change = 0;
  }

  private expectBoundaries(members: CustomerRow[]): void {
    const boundaries = this.population.boundaries();
    for (const measure of MEASURES) {
      const keyOf = {
        R: (row: CustomerRow) => BigInt(row.lastOrderAt ?? 0),
        F: (row: CustomerRow) => BigInt(row.frequency),
        M: (row: CustomerRow) => row.monetary,
        T: (row: CustomerRow) => -row.monetary,
      }[measure];
      const sorted = members
        .map((row) => ({ key: keyOf(row), customerId: row.customerId }))
        .sort((a, b) => (a.key === b.key ? compareIds(a.customerId, b.customerId) : a.key < b.key ? -1 : 1));
      const buckets = measure === 'T' ? 3 : 5;
      const sizes = Array.from({ length: buckets }, (_, i) => Math.ceil((members.length - i) / buckets));
      const firsts = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size, 0));
      const expected = firsts.flatMap((first, i) =>
        i === 0 || first >= members.length ? [] : [{ measure, bucket: i + 1, ...sorted[first] }],
      );
      expect(boundaries.filter((one) => one.measure === measure)).toEqual(expected);
    }
  }
}

const NOTHING = { lastOrderAt: null, frequency: 0, monetary: 0n, unconverted: 0 };

describe('Population', () => {
  const small = fc.bigInt({ min: -3n, max: 3n });
  const edge = fc.constantFrom(2n ** 53n, 2n ** 64n, -(2n ** 53n), -(2n ** 64n));
  const step = fc.record<Step>({
    customer: fc.nat(25),
    at: fc.nat(8).map((day) => 1.7e12 + day),
    kind: fc.constantFrom('place', 'place', 'cancel', 'return'),
    amount: fc.oneof({ weight: 6, arbitrary: small }, { weight: 1, arbitrary: edge }),
  });

  it('moves customers as scoring everybody after every change would, in windows of any size', () => {
    const windows = fc.array(fc.array(step, { maxLength: 30 }), { maxLength: 8, size: 'max' });
    fc.assert(
      fc.property(windows, (all) => {
        const shop = new Shop();
        for (const steps of all) {
          for (const one of steps) shop.take(one);
          shop.endWindow();
        }
      }),
      { numRuns: 150 },
    );
  });

  it('does so in a window of hundreds of changes of the same few customers', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 400, maxLength: 500, size: 'max' }), (steps) => {
        const shop = new Shop();
        for (const one of steps) shop.take(one);
        shop.endWindow();
      }),
      { numRuns: 5 },
    );
  });
});
