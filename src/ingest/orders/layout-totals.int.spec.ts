import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createImportTest, type ImportTest } from '../../../test/support/imports';
import type { CreditNoteIssued, OrderCancelled, OrderItemsReturned, OrderPlaced } from '../../domain/events';
import { formatAmount } from '../../domain/money';
import type { RecordedEvent } from '../../event-store/event-store';

const FOLDER = path.join(__dirname, '../../../test/cases/layouts');
const SUFFIX = '.totals.json';
const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith(SUFFIX))
  .map((file) => file.slice(0, -SUFFIX.length));

interface Totals {
  events: Record<string, number>;
  noSale: number;
  leftOut: number;
  byCurrency: Record<string, Record<string, string>>;
}

/** What a log comes to. */
function totalsOf(log: readonly RecordedEvent[]): Pick<Totals, 'events' | 'byCurrency'> {
  const events: Totals['events'] = {};
  const sums = new Map<string, Record<string, number>>();
  const add = (currency: string, kind: string, amount: number) => {
    const sum = sums.get(currency) ?? { placed: 0, returned: 0, cancelled: 0 };
    sums.set(currency, { ...sum, [kind]: (sum[kind] ?? 0) + amount });
  };
  for (const { type, data } of log) {
    events[type] = (events[type] ?? 0) + 1;
    const of = <T>() => data as unknown as T;
    if (type === 'OrderPlaced') add(of<OrderPlaced>().currency, 'placed', of<OrderPlaced>().total);
    if (type === 'OrderCancelled')
      add(of<OrderCancelled>().currency, 'cancelled', of<OrderCancelled>().total);
    if (type === 'CreditNoteIssued')
      add(of<CreditNoteIssued>().currency, 'creditNotes', of<CreditNoteIssued>().amount);
    if (type === 'OrderItemsReturned') {
      const { currency, amount, shipping = 0, tax = 0 } = of<OrderItemsReturned>();
      add(currency, 'returned', amount + shipping + tax);
    }
  }
  const byCurrency = Object.fromEntries(
    [...sums].map(([currency, kinds]) => [
      currency,
      Object.fromEntries(Object.entries(kinds).map(([kind, sum]) => [kind, formatAmount(sum, currency)])),
    ]),
  );
  return { events, byCurrency };
}

/** Files of shops that write no currency. */
const CURRENCIES: Readonly<Record<string, string>> = {
  magento: 'EUR',
  square: 'USD',
  'woocommerce-advanced': 'EUR',
};

describe('a made-up export of', () => {
  let test: ImportTest;
  beforeEach(async () => {
    test = await createImportTest();
  });
  afterEach(() => test.close());

  it.each(names)('%s comes to its own control totals, also the second time', async (name) => {
    const totals = JSON.parse(readFileSync(path.join(FOLDER, name + SUFFIX), 'utf8')) as Totals;
    const file = path.join(FOLDER, name + (name.startsWith('amazon') ? '.txt' : '.csv'));
    const currency = CURRENCIES[name];
    const options = { file, reportingCurrency: 'EUR', ...(currency && { defaults: { currency } }) };
    const first = await test.file(options);
    expect(first.plan.layout).toMatchObject({ name, detected: true });
    expect(first.notSold.documents).toBe(totals.noSale);
    expect([first.leftOut, first.rejected.reasons]).toEqual([totals.leftOut, expect.anything()]);
    const log = await test.log();
    const events = Object.fromEntries(Object.entries(totals.events).filter(([, number]) => number > 0));
    expect(totalsOf(log)).toEqual({ events, byCurrency: totals.byCurrency });

    const again = await test.file(options);
    expect(again).toMatchObject({ orders: 0, creditNotes: 0, steps: {} });
    expect(await test.log()).toHaveLength(log.length);
  });
});
