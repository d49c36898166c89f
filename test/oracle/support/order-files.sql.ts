/** How the import (by its command line) and the oracle read an order file. */
export interface OrderFile {
  file: string;
  currency: string;
  creditNotePrefix: string;
  map: Record<string, string>;
  defaults: Record<string, string>;
  /** what was written off at price 0 counts as returned */
  zeroPriceReturns?: boolean;
  /**
   * SELECT of row_number, document_id, ordered_at, customer_id, country, region, category, product, price
   * (1/10000), quantity, discount_rate (1/10000), shipping
   */
  lines(csv: string): string;
}

const csvText = (csv: string): string =>
  `(SELECT row_number() OVER () AS row_number, *
      FROM read_csv('${csv.replaceAll("'", "''")}', header = true, all_varchar = true))`;

/** Countries stand in for the categories, which the file does not have. */
export const onlineRetail: OrderFile = {
  file: 'online-retail-2009-2010.csv.xz',
  currency: 'GBP',
  creditNotePrefix: 'C',
  map: {
    order_id: 'Invoice',
    ordered_at: 'InvoiceDate',
    customer_id: 'Customer ID',
    country: 'Country',
    category: 'Country',
    product_id: 'StockCode',
    product_name: 'Description',
    unit_price: 'Price',
    quantity: 'Quantity',
  },
  defaults: { currency: 'GBP' },
  zeroPriceReturns: true,
  lines: (csv) => `
SELECT row_number, trim("Invoice") AS document_id, CAST("InvoiceDate" AS TIMESTAMP) AS ordered_at,
       nullif(trim("Customer ID"), '') AS customer_id, trim("Country") AS country,
       CAST(NULL AS VARCHAR) AS region,
       trim("Country") AS category, trim("StockCode") AS product,
       CAST(CAST("Price" AS DECIMAL(18, 4)) * 10000 AS HUGEINT) AS price,
       CAST("Quantity" AS HUGEINT) AS quantity,
       CAST(0 AS HUGEINT) AS discount_rate, CAST(0 AS HUGEINT) AS shipping
  FROM ${csvText(csv)}`,
};

export const northwind: OrderFile = {
  file: 'northwind-orders.csv.xz',
  currency: 'USD',
  creditNotePrefix: '',
  map: {},
  defaults: {},
  lines: (csv) => `
SELECT row_number, order_id AS document_id, CAST(ordered_at AS TIMESTAMP) AS ordered_at,
       nullif(customer_id, '') AS customer_id, country, nullif(region, '') AS region, category,
       product_id AS product, CAST(CAST(unit_price AS DECIMAL(18, 4)) * 10000 AS HUGEINT) AS price,
       CAST(quantity AS HUGEINT) AS quantity,
       CAST(CAST(discount_rate AS DECIMAL(9, 4)) * 10000 AS HUGEINT) AS discount_rate,
       CAST(CAST(shipping AS DECIMAL(18, 2)) * 100 AS HUGEINT) AS shipping
  FROM ${csvText(csv)}`,
};

/**
 * Fills the model from a file in a currency of two decimals, with days in UTC. Rows that are not sales are
 * left out. Lines are grouped into orders and credit notes, which come in the order of their earliest time,
 * then of the bytes of their id.
 */
export const loadOrderFile = ({ lines, currency, creditNotePrefix }: OrderFile, csv: string): string => `
SET VARIABLE reporting = '${currency}';
CREATE TABLE file_lines AS ${lines(csv)};
CREATE TABLE kinds AS
SELECT document_id,
       ('${creditNotePrefix}' <> '' AND starts_with(document_id, '${creditNotePrefix}'))
         OR bool_and(quantity < 0) AS is_credit_note
  FROM file_lines GROUP BY document_id;
CREATE TABLE used_lines AS
SELECT *, line_amount(price, abs(quantity), '${currency}') AS gross
  FROM file_lines JOIN kinds USING (document_id)
 WHERE price >= 0 AND quantity <> 0 AND (quantity < 0) = is_credit_note;
CREATE TABLE documents AS
SELECT document_id, is_credit_note, min(ordered_at) AS ordered_at,
       arg_min(customer_id, row_number) AS customer_id,
       arg_min(shipping, row_number) AS shipping, arg_min(country, row_number) AS country,
       -- arg_min passes over null.
       nullif(arg_min(coalesce(region, ''), row_number), '') AS region,
       row_number() OVER (ORDER BY min(ordered_at), document_id) AS event
  FROM used_lines GROUP BY document_id, is_credit_note;
INSERT INTO sale_lines
SELECT event, CASE WHEN is_credit_note THEN 'credited' ELSE 'placed' END, d.customer_id, '${currency}', NULL,
       CAST(d.ordered_at AS DATE), CAST(d.ordered_at AS DATE), category, 1,
       CASE WHEN is_credit_note THEN 0 ELSE gross END,
       CASE WHEN is_credit_note THEN 0 ELSE divide_round(gross * discount_rate, CAST(10000 AS HUGEINT)) END,
       0, CASE WHEN is_credit_note THEN gross ELSE 0 END,
       CASE WHEN is_credit_note THEN 0 ELSE quantity END, CASE WHEN is_credit_note THEN -quantity ELSE 0 END,
       product, d.country, d.region
  FROM used_lines l JOIN documents d USING (document_id, is_credit_note);
INSERT INTO orders
SELECT document_id, event, NULL, d.customer_id, '${currency}', epoch_ms(d.ordered_at),
       sum(s.gross - s.discount) + any_value(shipping), d.country, d.region
  FROM documents d JOIN sale_lines s USING (event) WHERE NOT is_credit_note
 GROUP BY document_id, event, d.customer_id, d.ordered_at, d.country, d.region;
`;

/**
 * Rows of the file that belong to no document. Row numbers are those of the import, from 2 after the header.
 */
export const REJECTED_ROWS = `
SELECT row_number + 1 FROM file_lines WHERE row_number NOT IN (SELECT row_number FROM used_lines)`;
