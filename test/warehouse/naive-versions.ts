import type { RecordedEvent } from '../../src/event-store/event';

export interface Sale {
  customerId: string | null;
  productId: string;
  country: string;
  region: string | null;
  category: string;
  position: string;
  at: number;
}

/** Every sold and returned line, in the order of the log. */
export function salesOf(events: readonly RecordedEvent[]): Sale[] {
  return events.flatMap(({ type, data, position, occurredAt }) => {
    if (type !== 'OrderPlaced' && type !== 'OrderItemsReturned' && type !== 'CreditNoteIssued') return [];
    const { customerId, country, region } = data;
    const lines: { productId: string; category: string }[] = data.lines;
    return lines.map(({ productId, category }) => ({
      ...{ customerId, productId, country, region, category, position },
      at: occurredAt,
    }));
  });
}

/** Where a customer was at a time, by looking at each change in turn. */
export function placeAt(
  events: readonly RecordedEvent[],
  customerId: string,
  at: number,
): { country: string | null; region: string | null } {
  let place: { country: string | null; region: string | null } = { country: null, region: null };
  let since = 0;
  for (const { type, data, occurredAt } of events) {
    if (type !== 'CustomerRegistered' && type !== 'CustomerDetailsChanged') continue;
    if (data.customerId !== customerId) continue;
    const isFirst = type === 'CustomerRegistered';
    if (!isFirst && data.country === undefined && data.region === undefined) continue;
    since = isFirst ? 0 : Math.max(since, occurredAt);
    if (since > at) break;
    const { country = place.country, region = place.region } = data;
    place = { country, region };
  }
  if (place.country !== null) return place;
  const seen = salesOf(events).find((sale) => sale.customerId === customerId);
  return { country: seen?.country ?? null, region: place.region ?? seen?.region ?? null };
}

/** What a product was at a time. */
export function categoryAt(
  events: readonly RecordedEvent[],
  productId: string,
  at: number,
): string | undefined {
  let category: string | undefined;
  let since = 0;
  for (const { type, data, occurredAt } of events) {
    if (type !== 'ProductListed' && type !== 'ProductRecategorised') continue;
    if (data.productId !== productId) continue;
    since = type === 'ProductListed' ? 0 : Math.max(since, occurredAt);
    if (since > at) break;
    category = data.category;
  }
  return category ?? salesOf(events).find((sale) => sale.productId === productId)?.category;
}
