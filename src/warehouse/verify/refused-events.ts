import { minorDigits } from '../../domain/currencies';
import { eventsOf, SALES_EVENT_TYPES } from '../../domain/event-roles';
import { formatAmount } from '../../domain/money';
import type { RecordedEvent } from '../../event-store/event';
import type { Position } from '../../event-store/position';
import type { Dataset } from '../../lake/datasets/dataset';
import { reasonOf } from './rows/bad-row-error';

/** The events that belong to a dataset and do not fit it. */
export interface Refused {
  dataset: string;
  events: number;
  /** the money that the events state, by currency; decimals */
  money: Record<string, string>;
  /** how many events of sales state no money */
  withoutMoney: number;
  firstPosition: Position;
  /** why the first one was refused */
  reason: string;
}

/** Counts the events that a dataset refuses. Such an event may have any data, so every field is checked. */
export class RefusedEvents {
  private found: Pick<Refused, 'firstPosition' | 'reason'> | undefined;
  private events = 0;
  private withoutMoney = 0;
  private readonly minor = new Map<string, bigint>();

  constructor(private readonly dataset: Dataset) {}

  /** Adds an event, later in the log than those before. */
  add(event: RecordedEvent, error: unknown): void {
    this.found ??= { firstPosition: event.position, reason: reasonOf(error) };
    this.events += 1;
    if (!postsSales(event)) return;
    const { currency, total, amount } = (event.data ?? {}) as unknown as Record<string, unknown>;
    const money = total ?? amount;
    if (isCurrency(currency) && Number.isInteger(money))
      this.minor.set(currency, (this.minor.get(currency) ?? 0n) + BigInt(money as number));
    else this.withoutMoney += 1;
  }

  /** Undefined when nothing was refused. */
  get summary(): Refused | undefined {
    if (!this.found) return undefined;
    const money = [...this.minor].map(([currency, minor]) => [currency, formatAmount(minor, currency)]);
    return {
      dataset: this.dataset.name,
      events: this.events,
      money: Object.fromEntries(money),
      withoutMoney: this.withoutMoney,
      ...this.found,
    };
  }
}

const postsSales = eventsOf(SALES_EVENT_TYPES);

const isCurrency = (value: unknown): value is string =>
  typeof value === 'string' && minorDigits(value) !== undefined;
