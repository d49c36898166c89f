import { dayIn } from '../../../domain/calendar';
import { eventsOf, SALES_EVENT_TYPES, streamEventTypes } from '../../../domain/event-roles';
import { toReporting } from '../../../domain/reporting-currency';
import type { RecordedEvent } from '../../../event-store/event';
import type { Fold, Projection, ProjectionClient } from '../../projection';
import { EventRefusedError } from '../event-refused-error';
import { projectionSql } from '../projection-sql';
import { type Clock, Ledgers } from './revenue-deltas';
import { addToTables } from './revenue-statements';
import { orderedAt, ordersOf, postedLines, type SalesDocument } from './sales-document';

const EVENT_TYPES = [...streamEventTypes('store'), ...SALES_EVENT_TYPES];
type Taken = (typeof EVENT_TYPES)[number];

const postsSales = eventsOf(SALES_EVENT_TYPES);

/**
 * Sales by day and category, and by day. All that it does is add, so batches of different streams may come in
 * any order; only StoreConfigured has to come before the first sale.
 */
export const categoryRevenue: Projection<Taken> = {
  name: 'category-revenue',
  version: 2,
  eventTypes: EVENT_TYPES,
  ordering: 'per-key',
  tables: ['category_revenue', 'revenue', 'unconverted_revenue', 'revenue_settings'],
  ...projectionSql(__dirname),
  open: async (client) => new CategoryRevenueFold(await loadSettings(client)),
};

interface Settings {
  reportingCurrency: string;
  dayOf: (unixMs: number) => string;
}

class CategoryRevenueFold implements Fold<Taken> {
  constructor(private settings: Settings | undefined) {}

  async apply(client: ProjectionClient, events: RecordedEvent<Taken>[]): Promise<void> {
    const ledgers = new Ledgers();
    let serial = 0;
    for (const event of events) {
      if (!postsSales(event)) {
        this.settings = await storeSettings(client, event);
        continue;
      }
      if (!this.settings) throw new EventRefusedError(event, 'the store has no settings yet');
      post(ledgers, event, this.settings, ++serial);
    }
    await addToTables(client, ledgers);
  }
}

function post(ledgers: Ledgers, document: SalesDocument, settings: Settings, serial: number): void {
  const { reportingCurrency, dayOf } = settings;
  const { currency } = document.data;
  const reporting = toReporting(document.data, reportingCurrency);
  const own = postedLines(document, asItIs);
  // It gives back shipping or tax only.
  if (own.length === 0) return;
  const converted = reporting && currency !== reportingCurrency ? postedLines(document, reporting) : null;
  const orders = ordersOf(document);
  const days: [Clock, string][] = [
    ['PROCESSED', dayOf(document.occurredAt)],
    ['ORDERED', dayOf(orderedAt(document))],
  ];
  for (const [clock, day] of days) {
    ledgers.of('own', currency).post(clock, day, own, orders, serial);
    if (converted) ledgers.of('converted', reportingCurrency).post(clock, day, converted, orders, serial);
    if (!reporting) ledgers.of('unconverted', currency).post(clock, day, own, orders, serial);
  }
}

const asItIs = (minor: number): number => minor;

async function loadSettings(client: ProjectionClient): Promise<Settings | undefined> {
  const { rows } = await client.query<{ reporting_currency: string; time_zone: string }>(
    'SELECT reporting_currency, time_zone FROM revenue_settings',
  );
  return rows[0] && { reportingCurrency: rows[0].reporting_currency, dayOf: dayIn(rows[0].time_zone) };
}

async function storeSettings(
  client: ProjectionClient,
  { data }: RecordedEvent<'StoreConfigured'>,
): Promise<Settings> {
  // From Kafka each partition brings them.
  await client.query(
    'INSERT INTO revenue_settings (reporting_currency, time_zone) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    [data.reportingCurrency, data.timeZone],
  );
  return { reportingCurrency: data.reportingCurrency, dayOf: dayIn(data.timeZone) };
}
