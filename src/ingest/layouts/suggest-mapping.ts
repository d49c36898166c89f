import { alternativesTo, type Field, isCertain, requiredFields } from '../columns/fields';
import { builtInLayouts } from './catalogue';
import { nearestLayout } from './detect-layout';

/**
 * What headers of other shops are called, for proposals only: nothing is imported by a guess. Of each field:
 * what may stand before the word, the word, and what may stand behind it, all without blanks.
 */
const USUAL_NAMES: Readonly<Partial<Record<Field, [before: string, word: string, behind: string]>>> = {
  order_id: [
    'order|invoice|sale|transaction|receipt|bestell|auftrags|rechnungs',
    'id|no|number|nr|ref|reference|code|order|invoice|nummer|pedido|commande|ordine',
    '',
  ],
  ordered_at: [
    'order|ordered|purchase|sale|invoice|transaction|created|placed|bestell|auftrags|rechnungs',
    'date|datetime|timestamp|time|at|on|datecreated|dateordered|dateplaced|created|datum|fecha|data',
    'utc',
  ],
  customer_id: [
    'customer|buyer|client|user|billing|kunden',
    'id|no|email|username|customer|buyer|name|client|kunde|nummer|nr|cliente',
    '',
  ],
  country: [
    'ship|shipping|shipto|billing|delivery|customer|buyer',
    'country|land|pays|país|paese',
    'code|name',
  ],
  region: ['ship|shipping|shipto|billing|delivery', 'region|state|province|county|bundesland', ''],
  currency: ['order|transaction', 'currency|währung|devise|moneda|valuta', 'code'],
  product_id: [
    'product|item|lineitem|stock|article|artikel',
    'sku|code|id|no|number|asin|ean|upc|barcode|nummer|nr',
    '',
  ],
  product_name: [
    'product|item|lineitem|article|artikel|produkt',
    'name|title|description|product|item|article|artikel|produkt|bezeichnung|producto|produit|prodotto',
    '',
  ],
  category: ['product|item', 'category|type|department|group|kategorie|warengruppe|categoría|catégorie', ''],
  unit_price: [
    'unit|item|product|lineitem|einzel',
    'price|cost|unitamount|preis|prix|precio|prezzo',
    'each|perunit',
  ],
  quantity: [
    'item|product|lineitem|order',
    'quantity|qty|units|count|pieces|menge|anzahl|quantité|cantidad|quantità',
    'ordered|purchased|sold',
  ],
  line_total: ['line|item|row|lineitem|net', 'total|amount|sales|revenue|subtotal', ''],
  order_discount: ['order|total|cart', 'discount|discounts|rabatt', 'amount|total'],
  shipping: [
    'order|total',
    'shipping|postage|freight|delivery|versand|versandkosten',
    'cost|price|total|amount|fee|charge|charges',
  ],
  tax: ['order|total|sales', 'tax|taxes|vat|gst|mwst|steuer|tva|iva', 'amount|total'],
  order_total: ['order|grand|invoice', 'total', 'amount|price'],
  status: ['order|payment|financial', 'status|state', ''],
};

/** What every row says for itself: a default would make all of them the same. */
const OF_EACH_ROW: ReadonlySet<Field> = new Set<Field>([
  'order_id',
  'ordered_at',
  'product_id',
  'product_name',
  'unit_price',
  'quantity',
]);

/** What a file might mean. */
export interface SuggestedMapping {
  /** field -> header, in the order of the fields */
  guesses: ReadonlyMap<Field, string>;
  /** required fields that no header looks like */
  missing: readonly Field[];
}

/** Guesses which column is which field. A column is guessed for one field only. */
export function suggestMapping(header: readonly string[]): SuggestedMapping {
  const guesses = new Map<Field, string>();
  const taken = new Set<string>();
  const take = (field: Field, fits: (name: string) => boolean) => {
    const found = guesses.has(field)
      ? undefined
      : header.find((name) => !taken.has(name) && fits(joined(name)));
    if (found === undefined) return;
    guesses.set(field, found);
    taken.add(found);
  };
  const entries = Object.entries(USUAL_NAMES) as [Field, [string, string, string]][];
  for (const [field] of entries) take(field, (name) => isCertain(field) && name === joined(field));
  for (const [field, [before, word, behind]] of entries) {
    const pattern = new RegExp(`^(${before})?(${word})(${behind})?$`);
    // Beside a price, it would have to be the product of price and quantity: a check that nobody asked for.
    if (field === 'line_total' && guesses.has('unit_price')) continue;
    take(field, (name) => pattern.test(name));
  }
  const missing = requiredFields.filter(
    (field) => !alternativesTo(field).some((other) => guesses.has(other)),
  );
  return { guesses, missing };
}

const joined = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/**
 * What to do with a file that no layout fits: what its headers look like, what is missing, the options that
 * would say so, and the beginnings of a layout of its own.
 */
export function adviceFor(header: readonly string[]): string {
  const { guesses, missing } = suggestMapping(header);
  const near = nearestLayout(header, builtInLayouts());
  const options = [
    ...[...guesses].map(([field, name]) => `--map ${quoted(`${field}=${name}`)}`),
    ...missing.map((field) => `--${OF_EACH_ROW.has(field) ? 'map' : 'default'} ${field}=...`),
  ];
  return [
    ...(near === undefined
      ? []
      : [`It looks like ${near.layout.title}, but has no column ${near.missing.join(', nor ')}.`]),
    ...(guesses.size > 0
      ? [
          'By their names, these columns might be meant (nothing is taken for it unasked):',
          ...[...guesses].map(([field, name]) => `  ${field}: ${name}`),
        ]
      : []),
    ...(missing.length > 0 ? [`Nothing looks like ${missing.join(', ')}.`] : []),
    'If that is right, say so:',
    `  ${options.join(' ')}`,
    'Or keep it as a layout of your own, in a file for --layout FILE.yaml:',
    ...skeleton(guesses, missing).map((line) => `  ${line}`),
  ].join('\n');
}

function skeleton(guesses: ReadonlyMap<Field, string>, missing: readonly Field[]): string[] {
  const always = missing.filter((field) => !OF_EACH_ROW.has(field));
  return [
    'columns:',
    ...[...guesses].map(([field, name]) => `  ${field}: ${JSON.stringify(name)}`),
    ...missing.filter((field) => OF_EACH_ROW.has(field)).map((field) => `  ${field}: ...`),
    ...(always.length > 0 ? ['defaults:', ...always.map((field) => `  ${field}: ...`)] : []),
    ...(guesses.has('status')
      ? [
          'statuses:',
          `  - column: ${JSON.stringify(guesses.get('status'))}`,
          '    values: { paid: [pay], shipped: [pay, ship], failed: { left_out: the payment failed } }',
        ]
      : []),
  ];
}

const quoted = (text: string): string => (/^[\w=.-]+$/.test(text) ? text : JSON.stringify(text));
