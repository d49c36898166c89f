import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fields } from '../columns/fields';
import { builtInLayouts, chooseLayout } from './catalogue';
import { detectLayout } from './detect-layout';
import { fitLayout } from './fit-layout';
import { parseLayout } from './parse-layout';
import { orderStatus } from './status';
import { adviceFor, suggestMapping } from './suggest-mapping';

/** The columns that these shops write, as far as a layout needs them. */
const HEADERS: Readonly<Record<string, string>> = {
  shopify:
    'Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,' +
    'Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,' +
    'Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,' +
    'Lineitem fulfillment status',
  woocommerce:
    'order_id,order_number,order_date,status,shipping_total,tax_total,discount_total,order_total,' +
    'order_currency,customer_email,shipping_country,line_item_sku,line_item_name,line_item_quantity,' +
    'line_item_subtotal,line_item_total',
  'woocommerce-advanced':
    'Order Number,Order Status,Order Date,Customer Note,Email (Billing),Country Code (Billing),Item #,' +
    'SKU,Name,Quantity,Quantity (- Refund),Item Cost,Coupon Code,Discount Amount,Order Shipping Amount,' +
    'Order Total Amount',
  magento:
    'ID,Purchase Point,Purchase Date,Bill-to Name,Ship-to Name,Grand Total (Base),' +
    'Grand Total (Purchased),Status,Billing Address,Shipping Address,Customer Email,Customer Group,' +
    'Subtotal,Shipping and Handling,Total Refunded',
  'magento-items':
    'increment_id,created_at,status,order_currency_code,sku,name,qty_ordered,price,row_total,' +
    'grand_total',
  amazon:
    'amazon-order-id,merchant-order-id,purchase-date,last-updated-date,order-status,' +
    'fulfillment-channel,sales-channel,product-name,sku,asin,item-status,quantity,currency,item-price,' +
    'item-tax,shipping-price',
  'amazon-orders':
    'order-id,order-item-id,purchase-date,payments-date,buyer-email,buyer-name,sku,product-name,' +
    'quantity-purchased,currency,item-price,item-tax,shipping-price,shipping-tax,ship-country',
  etsy:
    'Sale Date,Item Name,Buyer,Quantity,Price,Coupon Code,Coupon Details,Discount Amount,' +
    'Shipping Discount,Order Shipping,Order Sales Tax,Item Total,Currency,Transaction ID,Listing ID,' +
    'Date Paid,Date Shipped,Order ID',
  ebay:
    'Sales Record Number,Order Number,Buyer Username,Ship To Country,Item Number,Item Title,' +
    'Custom Label,Quantity,Sold For,Shipping And Handling,Seller Collected Tax,eBay Collected Tax,' +
    'Total Price,Sale Date',
  square:
    'Date,Time,Time Zone,Category,Item,Qty,Price Point Name,SKU,Modifiers Applied,Gross Sales,' +
    'Discounts,Net Sales,Tax,Transaction ID,Payment ID,Device Name,Notes,Details,Event Type,Location,' +
    'Customer ID,Customer Name',
  stripe:
    'id,Description,Seller Message,Created (UTC),Amount,Amount Refunded,Currency,Converted Amount,Fee,' +
    'Status',
  uci: 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country',
  superstore:
    'Row ID,Order ID,Order Date,Ship Date,Ship Mode,Customer ID,Country,State,Region,Product ID,' +
    'Category,Sub-Category,Product Name,Sales,Quantity,Discount,Profit',
};
const headerOf = (name: string): string[] => (HEADERS[name] ?? '').split(',');

describe('the layouts that come with Tidemark', () => {
  it('are told by the headers that these shops write, and by nothing less', async () => {
    for (const name of Object.keys(HEADERS)) {
      expect((await chooseLayout(headerOf(name), undefined))?.layout.name).toBe(name);
      const { headers = [] } = builtInLayouts().find((layout) => layout.name === name) ?? {};
      for (const some of headers) {
        const without = headerOf(name).filter((header) => !some.includes(header));
        expect((await chooseLayout(without, undefined))?.layout.name).toBe('canonical');
      }
    }
    expect(builtInLayouts().map(({ name }) => name)).toEqual([...Object.keys(HEADERS), 'canonical'].sort());
  });

  it('are found by what they are asked for', async () => {
    const asked = async (name: string, header: string) =>
      (await chooseLayout(headerOf(header), name))?.layout.name;
    expect(await asked('magento', 'magento-items')).toBe('magento-items');
    expect(await asked('magento', 'shopify')).toBe('magento');
    expect(await asked('none', 'shopify')).toBeUndefined();
    await expect(asked('shopifi', 'shopify')).rejects.toThrow(
      /--layout shopifi: There is no such layout, and no such file\. Layouts: amazon, /,
    );
  });

  it('are told in any case, and name columns as the file spells them', () => {
    const header = headerOf('shopify').map((name) => name.toUpperCase());
    const layout = detectLayout(header, builtInLayouts());
    expect(layout?.name).toBe('shopify');
    if (layout) expect(fitLayout(layout, header).known?.columns.order_id).toEqual(['NAME']);
  });

  it('say nothing of a file that fits two of them equally', () => {
    const twice = ['a', 'b'].map((name) => parseLayout(name, name, 'headers: [One, Two]\n'));
    expect(detectLayout(['One', 'Two', 'Three'], twice)).toBeUndefined();
    const [first] = twice;
    expect(detectLayout(['One', 'Two'], twice.slice(0, 1))).toBe(first);
  });
});

describe('a layout of a shop’s own', () => {
  const parse = (text: string) => parseLayout('mine', 'mine.yaml', text);

  it('is a file of the same form', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'layout-'));
    try {
      const file = join(folder, 'mine.yaml');
      writeFileSync(file, 'columns: { order_id: No, product_id: [SKU, "Item #"] }\ndelimiter: tab\n');
      const chosen = await chooseLayout([], file);
      expect(chosen).toMatchObject({
        detected: false,
        layout: {
          name: 'mine',
          delimiter: '\t',
          columns: { order_id: ['No'], product_id: ['SKU', 'Item #'] },
        },
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is refused with all that is wrong, by line and key', () => {
    const text = [
      'titel: Mine',
      'columns:',
      '  order: Number',
      '  order_id: []',
      'decimal: dot',
      'currency_signs: { $: dollar }',
      'rows:',
      '  - when: { Kind: { is: empty } }',
      '    as: discount',
      '  - when: { Kind: { matches: "(" } }',
      '    skip: no order',
      '  - when: { Kind: total }',
      'statuses:',
      '  - column: Status',
      '    values:',
      '      paid: [pays]',
      '      void: { if_placed: [cancel] }',
      'prices_include_tax: maybe',
    ].join('\n');
    let message = '';
    try {
      parse(text);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message.split('\n').map((line) => line.trim())).toEqual([
      'mine.yaml is no layout:',
      expect.stringMatching(/^line 1, titel: is no key here; there are: title, notes, headers/),
      'line 3, columns.order: is no field of an order file; docs/import.md lists them',
      'line 4, columns.order_id: must not be empty',
      'line 5, decimal: must be one of point, comma, not "dot"',
      'line 18, prices_include_tax: must be one of true, false, not "maybe"',
      'line 6, currency_signs.$: must be an ISO 4217 code such as EUR, not "dollar"',
      'line 8, rows[0].when.Kind.is: must be one of blank, filled, negative, not "empty"',
      expect.stringMatching(/^line 10, rows\[1\]\.when\.Kind\.matches: Invalid regular expression/),
      'line 12, rows[2]: needs when, and one of as, skip and refuse',
      'line 16, statuses[0].values.paid[0]: must be one of pay, ship, deliver, return, return_some, ' +
        'cancel, not "pays"',
      'line 17, statuses[0].values.void: needs left_out, the reason',
      '',
    ]);
  });

  it('is refused where it is no YAML, or twice the same key', () => {
    expect(() => parse('columns: {\n')).toThrow(/mine\.yaml is no layout:\n {2}line \d: /);
    expect(() => parse('title: a\ntitle: b\n')).toThrow(/line 2: Map keys must be unique/);
    expect(() => parse('just a text')).toThrow(/line 1: must be a mapping/);
    expect(() => parse('')).toThrow(/must be a mapping/);
  });
});

describe('the rows of a file', () => {
  const layout = parseLayout(
    'l',
    'l.yaml',
    `
rows:
  - when: { Kind: [Coupon, Gift card] }
    as: discount
  - when: { Price: { is: negative }, Kind: { is: blank } }
    as: discount
  - when: { Number: { matches: '^total' } }
    skip: a footer
  - when: { Missing: { is: blank } }
    refuse: never
currency_signs: { $: USD, C $: CAD, €: EUR }
`,
  );
  const fitted = fitLayout(layout, ['Number', 'Kind', 'Price']);

  it('are told by the first rule that holds', () => {
    expect(fitted.roleOf(['1', 'coupon', '5'])).toEqual({ as: 'discount' });
    expect(fitted.roleOf(['1', 'GIFT  CARD', '5'])).toEqual({ as: 'discount' });
    expect(fitted.roleOf(['1', 'other', '-5'])).toEqual({ as: 'line' });
    expect(fitted.roleOf(['Total: 12'])).toEqual({ skip: 'a footer' });
    for (const price of ['-5', '$-5.00', '-$5', '(5.00)', '5.00-', '\u22125'])
      expect(fitted.roleOf(['1', '', price])).toEqual({ as: 'discount' });
    for (const price of ['5', '-0.00', '', '5-6'])
      expect(fitted.roleOf(['1', '', price])).toEqual({ as: 'line' });
  });

  it('have the currency of the sign before or after their amount', () => {
    expect(['$5.00', 'C $1,234.50', '-5,00 €', '5.00', '¥5'].map(fitted.currencyOf)).toEqual([
      'USD',
      'CAD',
      'EUR',
      '',
      '',
    ]);
  });
});

describe('the status of an order', () => {
  const shopify = builtInLayouts().find(({ name }) => name === 'shopify');
  const header = ['Financial Status', 'Fulfillment Status', 'Cancelled at'];
  const status = (...rows: string[][]) => shopify && orderStatus(fitLayout(shopify, header), rows);

  it('is what its columns come to, in the order of an order’s life', () => {
    expect(status(['paid', 'fulfilled', ''], ['', '', ''])).toEqual({ does: ['pay', 'ship'] });
    expect(status(['refunded', 'restocked', '2024-03-01'])).toEqual({ does: ['pay', 'return', 'cancel'] });
    expect(status(['authorized', 'unfulfilled', ''])).toEqual({ does: [] });
    expect(status(['', '', ''])).toEqual({ does: [] });
  });

  it('leaves orders out with the reason, and says what is done to one that is there', () => {
    expect(status(['voided', 'unfulfilled', '2024-03-01'])).toEqual({
      does: ['cancel'],
      leftOut: 'the payment was voided',
    });
    expect(status(['Pending', 'fulfilled', ''])).toEqual({ does: [], leftOut: 'the payment is pending' });
  });

  it('is refused where nothing is known of it, or two are given', () => {
    expect(status(['chargeback', '', ''])?.problem).toEqual({
      label: 'Financial Status has no meaning in the layout',
      detail: '"chargeback"',
    });
    expect(status(['paid', '', ''], ['refunded', '', ''])?.problem?.label).toBe(
      'two different Financial Status in one order',
    );
  });
});

describe('the advice for a file that no layout fits', () => {
  const header = [
    'Order No',
    'Order date',
    'E-mail',
    'Ship Country',
    'Article',
    'Article SKU',
    'Price',
    'Qty',
    'State',
  ];

  it('guesses each column once', () => {
    const { guesses, missing } = suggestMapping(header);
    expect(Object.fromEntries(guesses)).toEqual({
      order_id: 'Order No',
      ordered_at: 'Order date',
      customer_id: 'E-mail',
      country: 'Ship Country',
      region: 'State',
      product_id: 'Article SKU',
      product_name: 'Article',
      unit_price: 'Price',
      quantity: 'Qty',
    });
    expect(missing).toEqual(['currency', 'category']);
  });

  it('gives options to paste, and a layout that can be read', () => {
    const advice = adviceFor(header);
    expect(advice).toContain('--map "order_id=Order No"');
    expect(advice).toContain('--map unit_price=Price');
    expect(advice).toContain('--default currency=...');
    const [, yaml = ''] = advice.split('FILE.yaml:\n');
    const layout = parseLayout('own', 'own.yaml', yaml.replaceAll(/^ {2}/gm, ''));
    expect(layout.columns?.order_id).toEqual(['Order No']);
    expect(layout.defaults.currency).toBe('...');
  });

  it('names the layout that the file nearly has', () => {
    const nearly = headerOf('shopify').filter((name) => name !== 'Lineitem price');
    expect(adviceFor(nearly)).toContain(
      'It looks like Shopify, export of orders, but has no column Lineitem price.',
    );
  });

  it('knows every field that it proposes', () => {
    for (const field of suggestMapping(header).guesses.keys()) expect(fields).toContain(field);
  });
});

describe('the advice in other words', () => {
  const guessed = (header: string) => Object.fromEntries(suggestMapping(header.split(',')).guesses);

  it('knows the headers of other languages', () => {
    const header = 'Bestellnummer,Bestelldatum,Kunde,Artikelnummer,Artikel,Menge,Einzelpreis,Land,Währung';
    expect(guessed(header)).toEqual({
      order_id: 'Bestellnummer',
      ordered_at: 'Bestelldatum',
      customer_id: 'Kunde',
      product_id: 'Artikelnummer',
      product_name: 'Artikel',
      quantity: 'Menge',
      unit_price: 'Einzelpreis',
      country: 'Land',
      currency: 'Währung',
    });
  });

  it('has no column twice, and a place for those that it cannot guess', () => {
    expect(guessed('Invoice,Qty Sold,Unit Price,Line Total,VAT')).toEqual({
      order_id: 'Invoice',
      quantity: 'Qty Sold',
      unit_price: 'Unit Price',
      tax: 'VAT',
    });
    const advice = adviceFor(['a', 'b']);
    expect(advice).toContain('--map order_id=... --map ordered_at=... --default country=...');
    const [, yaml = ''] = advice.split('FILE.yaml:\n');
    expect(parseLayout('own', 'own.yaml', yaml.replaceAll(/^ {2}/gm, '')).columns?.order_id).toEqual(['...']);
  });
});
