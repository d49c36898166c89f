import { compareIds } from '../../../domain/ids';
import { grown } from './grown';
import { type CustomerRow, Measures } from './measures';
import { Ranking } from './ranking';

const INITIAL_CAPACITY = 1024;

/** Between the labels of neighbouring ids when they are dealt anew. */
const LABEL_GAP = 2 ** 32;
/**
 * A new label keeps at least this far off the one below it, where it can: ids often come in ascending runs.
 */
const LABEL_STEP = 2 ** 16;

/**
 * Every customer's measures. A customer is known by its ordinal: 0, 1, 2 ... as they come.
 *
 * Ids are compared once, when a customer is new; from then on labels stand for them, numbers in the same
 * order, because scores tie often and then every comparison of a ranking is one of ids.
 *
 * Memory is about 150 bytes a customer: 36 for the columns, 20 for the places in four rankings (three
 * quarters full), and the rest for the id and the map that finds its ordinal.
 */
export class CustomerTable {
  readonly measures = new Measures();
  private readonly ids: string[] = [];
  private readonly ordinals = new Map<string, number>();
  private readonly byId = new Ranking();
  private labels = new Float64Array(INITIAL_CAPACITY);
  /** Those from here on came after the last `labelNew`. */
  private labelled = 0;

  get size(): number {
    return this.ids.length;
  }

  /** The ordinal of a customer; one that was not known starts with nothing. */
  ordinalOf(customerId: string): number {
    const known = this.ordinals.get(customerId);
    if (known !== undefined) return known;
    const ordinal = this.ids.length;
    this.ids.push(customerId);
    this.ordinals.set(customerId, ordinal);
    this.measures.clear(ordinal);
    return ordinal;
  }

  put({ customerId, ...measures }: CustomerRow): void {
    this.measures.put(this.ordinalOf(customerId), measures);
  }

  row(ordinal: number): CustomerRow {
    return { customerId: this.idOf(ordinal), ...this.measures.row(ordinal) };
  }

  idOf(ordinal: number): string {
    return this.ids[ordinal] as string;
  }

  /**
   * Numbers in the order of all customers' ids as bytes, by ordinal. They hold until a customer is new: then
   * any of them may change.
   */
  idLabels(): Float64Array {
    if (this.labelled < this.size) this.labelNew();
    return this.labels;
  }

  /** Gives new customers labels between those of their neighbours, and everybody a new one without room. */
  private labelNew(): void {
    while (this.labels.length < this.size) this.labels = grown(this.labels);
    const fresh = Int32Array.from({ length: this.size - this.labelled }, (_, i) => this.labelled + i);
    const compare = (a: number, b: number) => compareIds(this.idOf(a), this.idOf(b));
    fresh.sort(compare);
    const places = this.byId.places(fresh, compare, () => false);
    let room = true;
    for (let start = 0, end = 0; start < fresh.length; start = end) {
      while (end < fresh.length && places.ranks[end] === places.ranks[start]) end += 1;
      const [below, above] = this.byId.neighbours(places, start);
      if (!this.labelBetween(fresh.subarray(start, end), below, above)) room = false;
    }
    this.byId.edit(
      places,
      fresh.map((_, i) => i),
      fresh,
    );
    if (!room) this.relabel();
    this.labelled = this.size;
  }

  /** @returns whether there was room */
  private labelBetween(fresh: Int32Array, below: number | undefined, above: number | undefined): boolean {
    const low = below === undefined ? null : (this.labels[below] as number);
    const high = above === undefined ? null : (this.labels[above] as number);
    const gap =
      low === null || high === null ? LABEL_GAP : Math.min(LABEL_STEP, (high - low) / (fresh.length + 1));
    let label = low ?? (high === null ? 0 : high - LABEL_GAP * (fresh.length + 1));
    let rises = true;
    for (const ordinal of fresh) {
      const next = label + gap;
      rises &&= next > label && (high === null || next < high);
      this.labels[ordinal] = label = next;
    }
    return rises;
  }

  private relabel(): void {
    let label = 0;
    for (const ordinal of this.byId.members()) {
      this.labels[ordinal] = label;
      label += LABEL_GAP;
    }
  }
}
