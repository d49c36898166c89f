import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const HEADER =
  'order_id,ordered_at,customer_id,country,currency,' +
  'product_id,product_name,category,unit_price,quantity,shipping';
const CATEGORIES = ['Books', 'Toys', 'Garden', 'Kitchen'];
const CREDIT_NOTE_EVERY = 25;

/** An order file of `documents` orders and credit notes, the same for the same number. */
export interface ShopFile {
  path: string;
  /** arguments of `tidemark` that import it */
  arguments: string[];
  /** the events that it becomes, as `<stream> <type>` */
  events: Set<string>;
}

export async function writeShopFile(folder: string, documents: number): Promise<ShopFile> {
  const rows = [HEADER];
  const events = new Set<string>();
  for (let number = 0; number < documents; number++) {
    const isCreditNote = number % CREDIT_NOTE_EVERY === CREDIT_NOTE_EVERY - 1;
    const id = `${isCreditNote ? 'C' : 'O'}${String(number).padStart(6, '0')}`;
    events.add(isCreditNote ? `creditnote-${id} CreditNoteIssued` : `order-${id} OrderPlaced`);
    const at = new Date(Date.UTC(2024, 0, 1) + number * 17 * 60_000).toISOString();
    for (let line = 0; line <= number % 4; line++) {
      const product = (number * 7 + line * 3) % 50;
      const quantity = (isCreditNote ? -1 : 1) * (1 + ((number + line) % 6));
      const customer = number % 9 === 0 ? '' : `K${number % 137}`;
      const price = `${1 + (product % 40)}.${String((product * 37) % 100).padStart(2, '0')}`;
      rows.push(
        [
          id,
          at,
          customer,
          'DE',
          'EUR',
          `P${product}`,
          `Product ${product}`,
          CATEGORIES[product % 4],
          price,
          quantity,
          isCreditNote ? '' : '4.90',
        ].join(','),
      );
    }
  }
  const path = join(folder, 'orders.csv');
  await writeFile(path, `${rows.join('\n')}\n`);
  return { path, arguments: ['import', 'orders', path, '--credit-note-prefix', 'C', '--json'], events };
}
