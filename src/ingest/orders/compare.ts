import type { CommandContext } from '../../commands';
import type { CreditNoteLine, EventTypes, OrderLine } from '../../domain/events';
import { amountInWords } from '../../domain/money';
import type { OrderDocument } from './document';
import { withoutAppends } from './dry-run';
import { isDocumentStream, place, streamOf } from './place';

type Sale = EventTypes['OrderPlaced'] | EventTypes['CreditNoteIssued'];

/** A sale as its event tells it. */
interface Told {
  occurredAt: number;
  data: Sale;
}

const MOST_DIFFERENCES = 5;

/**
 * In what a document differs from the order or credit note that is in the log under its id. Lines in another
 * order are the same lines.
 * @param blank a context that keeps nothing, and in which no document is there yet
 * @returns in words for people; empty where they are the same; undefined where one of them cannot be read
 */
export async function differencesFromLog(
  log: Pick<CommandContext['store'], 'readStream'>,
  blank: CommandContext,
  document: OrderDocument,
): Promise<string[] | undefined> {
  const stored = await firstSale(log, document);
  const asked = await saleOf(blank, document);
  if (stored === undefined || asked === undefined) return undefined;
  return [...differingFields(asked, stored), ...differingLines(asked.data, stored.data)];
}

/** @param differences not empty */
export function toldDifferences(differences: readonly string[]): string {
  const more = differences.length - MOST_DIFFERENCES;
  return [...differences.slice(0, MOST_DIFFERENCES), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

async function firstSale(
  log: Pick<CommandContext['store'], 'readStream'>,
  document: OrderDocument,
): Promise<Told | undefined> {
  for await (const [event] of log.readStream(streamOf(document), { limit: 1 }))
    if (event?.type === 'OrderPlaced' || event?.type === 'CreditNoteIssued') return event;
  return undefined;
}

/** The event that the document's command would append. */
async function saleOf(context: CommandContext, document: OrderDocument): Promise<Told | undefined> {
  const appended: Told[] = [];
  const store = withoutAppends(context.store, isDocumentStream, (_stream, _expected, events) => {
    for (const event of events)
      if (event.type === 'OrderPlaced' || event.type === 'CreditNoteIssued')
        appended.push({ occurredAt: event.occurredAt, data: event.data as Sale });
  });
  await place({ ...context, store }, document);
  return appended[0];
}

function differingFields(asked: Told, stored: Told): string[] {
  const differences: string[] = [];
  const tell = (field: string, here: string | null | undefined, there: string | null | undefined) => {
    if ((here ?? '') !== (there ?? ''))
      differences.push(`${field} ${here || 'none'}, there ${there || 'none'}`);
  };
  const time = ({ occurredAt }: Told) => new Date(occurredAt).toISOString();
  const amount = ({ data }: Told, minor = 0) => amountInWords(minor, data.currency);
  tell('ordered_at', time(asked), time(stored));
  tell('customer_id', asked.data.customerId, stored.data.customerId);
  tell('country', asked.data.country, stored.data.country);
  tell('region', asked.data.region, stored.data.region);
  tell('currency', asked.data.currency, stored.data.currency);
  tell('exchange_rate', asked.data.exchangeRate, stored.data.exchangeRate);
  tell('shipping', amount(asked, asked.data.shipping), amount(stored, stored.data.shipping));
  tell('tax', amount(asked, asked.data.tax), amount(stored, stored.data.tax));
  return differences;
}

function differingLines(asked: Sale, stored: Sale): string[] {
  const left = new Map<string, number>();
  for (const line of stored.lines.map(toldLine)) left.set(line, (left.get(line) ?? 0) + 1);
  const differences: string[] = [];
  for (const line of asked.lines.map(toldLine)) {
    const count = left.get(line) ?? 0;
    if (count === 0) differences.push(`line ${line} is not there`);
    else left.set(line, count - 1);
  }
  for (const [line, count] of left)
    for (let i = 0; i < count; i++) differences.push(`line ${line} is there, not here`);
  return differences;
}

function toldLine(line: OrderLine | CreditNoteLine): string {
  const { productId, productName, category, quantity, unitPrice } = line;
  const discount = 'discount' in line && line.discount > 0 ? ` less ${line.discount} minor units` : '';
  return `${quantity} x ${productId} (${productName}, ${category}) at ${unitPrice}${discount}`;
}
