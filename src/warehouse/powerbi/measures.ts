import type { Measure, ModelTable } from './model';
import { dax } from './names';
import { currency, date, orders, returns } from './tables';

export const MONEY = '#,0.00';
export const COUNT = '#,0';
export const SHARE = '0.0%';

const ORDERED = `KEEPFILTERS(${dax(orders, 'is_cancelled')} = FALSE())`;
const RETURNED = `KEEPFILTERS(${dax(returns, 'order_cancelled')} = FALSE())`;
const CONVERTED = `KEEPFILTERS(NOT ISBLANK(${dax(orders, 'gross_reporting')}))`;
const DAY = dax(date, 'date');
const DATE_KEY = dax(date, 'date_key');
const ORDER_DAY = dax(returns, 'order_date_key');

const ofOrders = (column: string) => `CALCULATE(SUM(${dax(orders, column)}), ${ORDERED})`;
const ofReturns = (column: string) => `CALCULATE(SUM(${dax(returns, column)}), ${RETURNED})`;
/** Everything posted by its own day, less what was cancelled by the day of the cancellation. */
const booked = (fact: ModelTable, flag: string, posted: string) => `${posted}
    - CALCULATE(
        ${posted},
        USERELATIONSHIP(${dax(fact, 'cancelled_date_key')}, ${DATE_KEY}),
        KEEPFILTERS(${dax(fact, flag)} = TRUE())
    )`;
const bookedOrders = (posted: string) => booked(orders, 'is_cancelled', posted);
const bookedReturns = (posted: string) => booked(returns, 'order_cancelled', posted);
const oneCurrency = (expression: string) => `IF(HASONEVALUE(${dax(currency, 'currency')}), ${expression})`;

const REPORTING = 'in the reporting currency; what has no exchange rate is left out';

const measure =
  (table: string, folder: string, format: string) =>
  (name: string, expression: string, doc: string): Measure => ({
    name,
    table,
    folder,
    doc,
    format,
    dax: expression,
  });

const money = measure(orders.name, 'Sales', MONEY);
const moneyBack = measure(returns.name, 'Returns', MONEY);
const volume = measure(orders.name, 'Volume', COUNT);
const books = measure(orders.name, 'Books', MONEY);
const booksBack = measure(returns.name, 'Books', MONEY);
const booksVolume = measure(orders.name, 'Books', COUNT);
const volumeBack = measure(returns.name, 'Returns', COUNT);
const share = measure(orders.name, 'Rates', SHARE);
const people = measure(orders.name, 'Customers', COUNT);
const local = measure(orders.name, 'In the currency of the order', MONEY);

/**
 * Cancelled orders count in Orders placed, in Cancelled orders and in the booked measures only; their returns
 * in the booked measures only. The warehouse's views do the same.
 */
const base: readonly Measure[] = [
  money('Gross', ofOrders('gross_reporting'), `Before discounts, ${REPORTING}.`),
  money('Discounts', ofOrders('discount_reporting'), `Taken off, ${REPORTING}.`),
  moneyBack(
    'Returns',
    ofReturns('return_reporting'),
    `What was paid for what came back, by its own day, ${REPORTING}.`,
  ),
  money(
    'Net',
    '[Gross] - [Discounts] - [Returns]',
    'Gross - discounts - returns, in the reporting currency.',
  ),
  moneyBack(
    'Returns by order date',
    `CALCULATE(
    [Returns],
    USERELATIONSHIP(${ORDER_DAY}, ${DATE_KEY}),
    KEEPFILTERS(NOT ISBLANK(${ORDER_DAY}))
)
    + CALCULATE([Returns], KEEPFILTERS(ISBLANK(${ORDER_DAY})))`,
    'Returns on the day of their order; credit notes have no order and are on their own day.',
  ),
  money(
    'Net by order date',
    '[Gross] - [Discounts] - [Returns by order date]',
    'Net with every return on the day of its order, as MONTHLY_SALES has it.',
  ),
  books(
    'Booked gross',
    bookedOrders(`SUM(${dax(orders, 'gross_reporting')})`),
    `Before discounts; a cancellation takes its order away on its own day, ${REPORTING}.`,
  ),
  books(
    'Booked discounts',
    bookedOrders(`SUM(${dax(orders, 'discount_reporting')})`),
    `Taken off; a cancellation takes its order's away on its own day, ${REPORTING}.`,
  ),
  booksBack(
    'Booked returns',
    bookedReturns(`SUM(${dax(returns, 'return_reporting')})`),
    `Returns by their own day; a cancellation takes its order's away on its own day, ${REPORTING}.`,
  ),
  books(
    'Booked net',
    '[Booked gross] - [Booked discounts] - [Booked returns]',
    'The books: nothing that comes later changes a past month, as MONTHLY_BOOKS has it.',
  ),
  booksVolume(
    'Booked orders',
    bookedOrders(`DISTINCTCOUNT(${dax(orders, 'order_id')})`),
    'Orders placed, less cancelled ones by the day of the cancellation.',
  ),
  volume(
    'Orders',
    `CALCULATE(DISTINCTCOUNT(${dax(orders, 'order_id')}), ${ORDERED})`,
    'Orders that were not cancelled.',
  ),
  volume('Orders placed', `DISTINCTCOUNT(${dax(orders, 'order_id')})`, 'Orders, cancelled ones included.'),
  volume(
    'Cancelled orders',
    `CALCULATE(DISTINCTCOUNT(${dax(orders, 'order_id')}), KEEPFILTERS(${dax(orders, 'is_cancelled')} = TRUE()))`,
    'Orders that were cancelled, by the day of the order.',
  ),
  volume('Units', ofOrders('quantity'), 'Units ordered.'),
  volumeBack('Units returned', ofReturns('quantity'), 'Units that came back.'),
  money(
    'AOV',
    `CALCULATE(DIVIDE([Gross] - [Discounts], [Orders]), ${CONVERTED})`,
    'Average order value: gross - discounts of an order, over the orders that have an exchange rate.',
  ),
  share('Return rate', 'DIVIDE([Units returned], [Units])', 'Units returned for each unit ordered.'),
  share(
    'Cancellation rate',
    'DIVIDE([Cancelled orders], [Orders placed])',
    'Share of the orders that were cancelled.',
  ),
  people(
    'Customers',
    `CALCULATE(DISTINCTCOUNTNOBLANK(${dax(orders, 'customer_id')}), ${ORDERED})`,
    'Customers with an order that was not cancelled; guests are nobody.',
  ),
  people(
    'Repeat customers',
    `COUNTROWS(
    FILTER(
        VALUES(${dax(orders, 'customer_id')}),
        NOT ISBLANK(${dax(orders, 'customer_id')}) && [Orders] >= 2
    )
)`,
    'Customers with two orders or more that were not cancelled, of those that are looked at.',
  ),
  share(
    'Repeat rate',
    'DIVIDE([Repeat customers], [Customers])',
    'Share of the customers with two orders or more.',
  ),
  people(
    'New customers',
    `VAR Days = VALUES(${DATE_KEY})
RETURN
    COUNTROWS(
        FILTER(
            VALUES(${dax(orders, 'customer_id')}),
            VAR FirstOrder =
                CALCULATE(
                    MIN(${dax(orders, 'date_key')}),
                    ALLEXCEPT('${orders.name}', ${dax(orders, 'customer_id')}),
                    ${dax(orders, 'is_cancelled')} = FALSE()
                )
            RETURN
                NOT ISBLANK(${dax(orders, 'customer_id')}) && FirstOrder IN Days
        )
    )`,
    'Customers whose first order that was not cancelled, of all their orders, is on one of the days that are looked at.',
  ),
  local(
    'Gross in currency',
    oneCurrency(ofOrders('gross_amount')),
    'Before discounts, where one currency is chosen.',
  ),
  local(
    'Discounts in currency',
    oneCurrency(ofOrders('discount_amount')),
    'Taken off, where one currency is chosen.',
  ),
  local(
    'Returns in currency',
    oneCurrency(ofReturns('return_amount')),
    'Returns, where one currency is chosen.',
  ),
  local(
    'Net in currency',
    '[Gross in currency] - [Discounts in currency] - [Returns in currency]',
    'Gross - discounts - returns, where one currency is chosen.',
  ),
];

/**
 * The date table runs to the end of a year. Days after the last sale are left out: the year before has sales
 * on them, which nothing yet can be compared with.
 */
const yearBefore = (
  name: string,
): string => `VAR LastKey = CALCULATE(MAX(${dax(orders, 'date_key')}), REMOVEFILTERS('${orders.name}'))
RETURN
    CALCULATE(
        [${name}],
        CALCULATETABLE(SAMEPERIODLASTYEAR(${DAY}), KEEPFILTERS(${DATE_KEY} <= LastKey))
    )`;

/** The measures that people compare over time. */
const compared = ['Gross', 'Net', 'Orders', 'Units'];

function overTime(name: string): Measure[] {
  const { format } = base.find((one) => one.name === name) as Measure;
  const folder = `Over time\\${name}`;
  const value = measure(orders.name, folder, format);
  const change = measure(orders.name, folder, SHARE);
  const periods = ['MTD', 'QTD', 'YTD'].map((period) =>
    value(`${name} ${period}`, `TOTAL${period}([${name}], ${DAY})`, `${name}, ${PERIODS[period]} to date.`),
  );
  return [
    ...periods,
    value(
      `${name} PY`,
      yearBefore(name),
      `${name} of the same days a year before, up to that of the last sale.`,
    ),
    value(`${name} YoY`, `[${name}] - [${name} PY]`, `${name} less that of the year before.`),
    change(`${name} YoY %`, `DIVIDE([${name} YoY], [${name} PY])`, `Change of ${name} to the year before.`),
  ];
}

const PERIODS: Record<string, string> = { MTD: 'month', QTD: 'quarter', YTD: 'year' };

export const measures: readonly Measure[] = [...base, ...compared.flatMap(overTime)];
