import { daxEvaluator } from './dax-evaluator';

const evaluate = daxEvaluator({
  tables: [
    {
      name: 'Days',
      columns: ['Day', 'Month'],
      rows: ['2024-02-28', '2024-02-29', '2024-03-01', '2025-02-27', '2025-02-28', '2025-03-01'].map(
        (Day) => ({
          Day,
          Month: Number(Day.slice(5, 7)),
        }),
      ),
    },
    {
      name: 'Shops',
      columns: ['Shop', 'Town'],
      rows: [
        { Shop: 'a', Town: 'Ulm' },
        { Shop: 'b', Town: 'Bonn' },
      ],
    },
    {
      name: 'Sales',
      columns: ['Shop', 'Day', 'Paid', 'Amount'],
      rows: [
        { Shop: 'a', Day: '2024-02-28', Paid: '2024-02-29', Amount: 1 },
        { Shop: 'a', Day: '2024-02-29', Paid: '2024-03-01', Amount: 2 },
        { Shop: 'b', Day: '2025-02-27', Paid: '2025-02-28', Amount: 4 },
        { Shop: 'b', Day: '2025-02-28', Paid: null, Amount: 8 },
      ],
    },
  ],
  relationships: [
    { from: { table: 'Sales', column: 'Shop' }, to: { table: 'Shops', column: 'Shop' }, active: true },
    { from: { table: 'Sales', column: 'Day' }, to: { table: 'Days', column: 'Day' }, active: true },
    { from: { table: 'Sales', column: 'Paid' }, to: { table: 'Days', column: 'Day' }, active: false },
  ],
  measures: [{ name: 'Amount', dax: "SUM('Sales'[Amount])" }],
  day: 'Days[Day]',
});

const IN_ULM = { 'Shops[Town]': ['Ulm'] };
const IN_FEBRUARY = { 'Days[Month]': [2] };
const ON_28TH = { 'Days[Day]': ['2025-02-28'] };

describe('the evaluator of DAX', () => {
  it('lets filters of a table reach the tables that refer to it, and not the other way', () => {
    expect(evaluate('[Amount]')).toBe(15);
    expect(evaluate('[Amount]', IN_ULM)).toBe(3);
    expect(evaluate("COUNTROWS(VALUES('Shops'[Shop]))", { 'Sales[Day]': ['2025-02-28'] })).toBe(2);
  });

  it('puts a filter of CALCULATE in the place of the one that the column has, unless that is kept', () => {
    expect(evaluate(`CALCULATE([Amount], 'Shops'[Town] = "Bonn")`, IN_ULM)).toBe(12);
    expect(evaluate(`CALCULATE([Amount], KEEPFILTERS('Shops'[Town] = "Bonn"))`, IN_ULM)).toBeNull();
  });

  it('makes filters of the row where a measure is asked for', () => {
    const large = "COUNTROWS(FILTER(VALUES('Shops'[Shop]), [Amount] > 3))";
    expect(evaluate(large)).toBe(1);
    expect(evaluate("COUNTROWS(FILTER(VALUES('Shops'[Shop]), SUM('Sales'[Amount]) > 3))")).toBe(2);
  });

  it('takes filters of a table and of what filters it away, but for the columns that are named', () => {
    const choice = { ...IN_ULM, ...ON_28TH };
    expect(evaluate('[Amount]', choice)).toBeNull();
    expect(evaluate("CALCULATE([Amount], REMOVEFILTERS('Shops'))", choice)).toBe(8);
    expect(evaluate("CALCULATE([Amount], REMOVEFILTERS('Sales'))", choice)).toBe(15);
    expect(
      evaluate("CALCULATE([Amount], ALLEXCEPT('Sales', 'Sales'[Shop]))", {
        'Sales[Shop]': ['a'],
        ...ON_28TH,
      }),
    ).toBe(3);
  });

  it('goes by the relationship that USERELATIONSHIP names', () => {
    expect(evaluate("CALCULATE([Amount], USERELATIONSHIP('Sales'[Paid], 'Days'[Day]))", ON_28TH)).toBe(4);
  });

  it('takes all filters of the date table away for one of its day', () => {
    expect(evaluate(`CALCULATE([Amount], 'Days'[Day] = "2024-02-29")`, { 'Days[Month]': [3] })).toBe(2);
  });

  it('finds the same days a year before, to the end of a month that is there to its end', () => {
    const before = "CALCULATE([Amount], SAMEPERIODLASTYEAR('Days'[Day]))";
    expect(evaluate(before, ON_28TH)).toBe(1);
    expect(evaluate(before, { 'Days[Day]': ['2025-02-27', '2025-02-28'] })).toBe(3);
    expect(() => evaluate(before, IN_FEBRUARY)).toThrow('contiguous');
  });

  it('adds up to date', () => {
    expect(evaluate("TOTALMTD([Amount], 'Days'[Day])", ON_28TH)).toBe(12);
    expect(evaluate("TOTALYTD([Amount], 'Days'[Day])", { 'Days[Day]': ['2024-03-01'] })).toBe(3);
  });

  it('counts BLANK as nothing in a sum, and divides by none of it', () => {
    expect(evaluate('[Amount] + CALCULATE([Amount], KEEPFILTERS(\'Shops\'[Town] = "Rom"))')).toBe(15);
    expect(
      evaluate('DIVIDE([Amount], CALCULATE([Amount], KEEPFILTERS(\'Shops\'[Town] = "Rom")))'),
    ).toBeNull();
    expect(evaluate("CALCULATE([Amount], ISBLANK('Sales'[Paid]))")).toBe(8);
  });

  it('keeps what VAR had where it was set', () => {
    expect(evaluate('VAR Whole = [Amount] RETURN CALCULATE(Whole, \'Shops\'[Town] = "Ulm")')).toBe(15);
    const among =
      "VAR Towns = VALUES('Shops'[Town]) RETURN CALCULATE(\"Ulm\" IN Towns, REMOVEFILTERS('Shops'))";
    expect([evaluate(among), evaluate(among, { 'Shops[Town]': ['Bonn'] })]).toEqual([true, false]);
  });

  it.each([
    ["SUM('Sales'[Price])", 'no column Sales[Price]'],
    ["'Sales'[Amount] + 1", 'no row'],
    ['SUMX(1)', 'SUMX is not known'],
    ['[Nothing]', 'no measure'],
    ["CALCULATE([Amount], 'Sales'[Shop] = 'Sales'[Day])", 'one column'],
    ['1 + ', 'is missing'],
    ['1 2', 'left over'],
  ])('refuses %s', (expression, message) => {
    expect(() => evaluate(expression)).toThrow(message);
  });
});
