import type { CommandResult, PlaceOrder } from '../../src/commands';
import type { Accepted } from '../../src/commands/command';
import type { EventStore, RecordedEvent } from '../../src/event-store/event-store';

/** An order of `quantity` units of product P1 at 10.00 EUR. */
export function placeOrderInput(fields: Partial<PlaceOrder> = {}, quantity = 3): PlaceOrder {
  return {
    idempotencyKey: 'place',
    orderId: 'O1',
    customerId: 'C1',
    country: 'DE',
    currency: 'EUR',
    lines: [{ productId: 'P1', productName: 'Mug', category: 'Kitchen', unitPrice: '10', quantity }],
    ...fields,
  };
}

/** What an accepted command answers. */
export function accepted<S>(result: CommandResult<S>): Accepted<S> {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`);
  return result.value;
}

/** The code of a refusal; 'OK' where there was none. */
export function codeOf(result: CommandResult<unknown>): string {
  return result.ok ? 'OK' : result.failure.code;
}

/** All of one stream. */
export async function readWhole(store: EventStore, stream: string): Promise<RecordedEvent[]> {
  const whole: RecordedEvent[] = [];
  for await (const events of store.readStream(stream)) whole.push(...events);
  return whole;
}
