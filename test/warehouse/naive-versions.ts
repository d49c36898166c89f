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

/** The changes that had taken effect by a time, in the order of their times, then of the log. */
function until<E extends { occurredAt: number }>(
  at: number,
  changes: readonly E[],
  isFirst: (event: E) => boolean,
) {
  const from = (event: E) => (isFirst(event) ? 0 : event.occurredAt);
  return changes.filter((event) => from(event) <= at).sort((a, b) => from(a) - from(b));
}

/** The place of a customer at a time, found by going through the changes one by one. */
export function placeAt(
  events: readonly RecordedEvent[],
  customerId: string,
  at: number,
): { country: string | null; region: string | null } {
  const own = events.filter(
    (event) =>
      (event.type === 'CustomerRegistered' || event.type === 'CustomerDetailsChanged') &&
      event.data.customerId === customerId,
  ) as RecordedEvent<'CustomerRegistered' | 'CustomerDetailsChanged'>[];
  let place: { country: string | null; region: string | null } = { country: null, region: null };
  for (const { data } of until(at, own, ({ type }) => type === 'CustomerRegistered')) {
    const { country = place.country, region = place.region } = data;
    place = { country, region };
  }
  if (place.country !== null) return place;
  const seen = salesOf(events).find((sale) => sale.customerId === customerId);
  return { country: seen?.country ?? null, region: place.region ?? seen?.region ?? null };
}

/** The category of a product at a time. */
export function categoryAt(
  events: readonly RecordedEvent[],
  productId: string,
  at: number,
): string | undefined {
  const own = events.filter(
    (event) =>
      (event.type === 'ProductListed' || event.type === 'ProductRecategorised') &&
      event.data.productId === productId,
  ) as RecordedEvent<'ProductListed' | 'ProductRecategorised'>[];
  const last = until(at, own, ({ type }) => type === 'ProductListed').at(-1);
  return last?.data.category ?? salesOf(events).find((sale) => sale.productId === productId)?.category;
}
