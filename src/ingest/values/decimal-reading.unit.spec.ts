import fc from 'fast-check';
import { type DecimalDecision, decimalReading } from './decimal-reading';
import type { Convention } from './number-notation';

/** Reads one column of numbers; the first is in row 2. */
function decide(texts: readonly string[], options: { convention?: Convention; expected?: Convention } = {}) {
  const reading = decimalReading(options);
  const take = reading.column('unit_price');
  for (const [i, text] of texts.entries()) take(text, i + 2);
  return reading.decide();
}

const amount = ({ reader }: DecimalDecision, text: string, currency = '') =>
  reader.amount(text, () => currency);

describe('a number in a file', () => {
  it.each([
    ['12.50', '12.5'],
    ['0.00', '0'],
    ['-0', '0'],
    ['007', '7'],
    ['12', '12'],
    ['+12.50', '12.5'],
    ['.99', '0.99'],
    ['-.5', '-0.5'],
    ['1,234.56', '1234.56'],
    ['1,234,567', '1234567'],
    ['12,34,567.80', '1234567.8'],
    ['1.234,56', '1234.56'],
    ['1.234.567', '1234567'],
    ['1 234,56', '1234.56'],
    ['1\u00a0234,56', '1234.56'],
    ['1\u202f234,56', '1234.56'],
    ["1'234.56", '1234.56'],
    ['1’234.56', '1234.56'],
    ['7,50', '7.5'],
    ['0,250', '0.25'],
    ['0.250', '0.25'],
    ['1250.000', '1250'],
    ['$12.50', '12.5'],
    ['12.50 $', '12.5'],
    ['€ 7,50', '7.5'],
    ['7,50 €', '7.5'],
    ['7,50€', '7.5'],
    ['EUR 7,50', '7.5'],
    ['12.50USD', '12.5'],
    ['$12.50 CAD', '12.5'],
    ['US$ 1,234.50', '1234.5'],
    ['R$ 1.234,50', '1234.5'],
    ['Rs.99', '99'],
    ['$.99', '0.99'],
    ['99,00 kr.', '99'],
    ['9,99 zł', '9.99'],
    ['(5.00)', '-5'],
    ['($5.00)', '-5'],
    ['$(5.00)', '-5'],
    ['-$5.00', '-5'],
    ['$-5.00', '-5'],
    ['5.00-', '-5'],
    ['5,00 €-', '-5'],
    ['−5.00', '-5'],
    ['–5.00', '-5'],
    ['1.25E1', '12.5'],
    ['1.25E+1', '12.5'],
    ['5E-2', '0.05'],
    ['1234567890123456789012.5', '1234567890123456789012.5'],
  ])('%s is %s', (text, expected) => {
    const decision = decide([text]);
    expect(decision.refusal).toBeUndefined();
    expect(amount(decision, text)).toBe(expected);
  });

  it.each([
    '',
    'free',
    '-',
    '--5',
    '(-5.00)',
    '-5-',
    '1,2,3',
    '1.2.3',
    '12 50',
    '1,234,56',
    '01,234.5',
    '5 kg',
    '€.',
    '1.2E+5',
    '$5 EUR',
    '€ £ 5',
    '15%',
    '١٢',
    '5,-',
  ])('%j is none', (text) => {
    expect(amount(decide([text]), text)).toBeUndefined();
  });

  it('is in the currency of its row, or none', () => {
    const decision = decide(['$5.00']);
    expect(amount(decision, '$5.00', 'CAD')).toBe('5');
    expect(amount(decision, '$5.00', 'EUR')).toBeUndefined();
    expect(decision.reader.problem('$5.00', 'EUR')).toBe('is in $, but the currency of the row is EUR');
    expect(decision.reader.currencies('5.00 €')).toEqual(['EUR']);
    expect(decision.reader.currencies('$5.00 CAD')).toEqual(['CAD']);
    expect(decision.reader.currencies('5.00')).toBeUndefined();
  });

  it('may be per cent where a rate is wanted', () => {
    const { reader } = decide([]);
    expect(['15%', '12.5 %', '0.15', '$1'].map((text) => reader.rate(text))).toEqual([
      '0.15',
      '0.125',
      '0.15',
      undefined,
    ]);
    expect(reader.problem('15%', 'EUR')).toBe('must be an amount, not per cent');
  });

  it('is told what is wanted in the convention of the file', () => {
    expect(decide(['7.50']).reader.problem('x', 'EUR')).toBe('must be a number such as 12.50 or 1,234.50');
    expect(decide(['7,50']).reader.problem('x', 'EUR')).toBe('must be a number such as 12,50 or 1.234,50');
  });
});

describe('the numbers of a file', () => {
  it('with decimal commas have points as groups', () => {
    const decision = decide(['1.250', '1.000', '7,50']);
    expect(decision.refusal).toBeUndefined();
    expect(['1.250', '1.000', '7,50'].map((text) => amount(decision, text))).toEqual(['1250', '1000', '7.5']);
    expect(decision.notes).toEqual(['decimal comma: "7,50" in row 4 is 7.5']);
  });

  it('with decimal points have commas as groups', () => {
    const decision = decide(['1.250', '1,000', '7.50']);
    expect(['1.250', '1,000'].map((text) => amount(decision, text))).toEqual(['1.25', '1000']);
  });

  it.each([['0.125'], ['1250.000'], ['1,234.5'], ['7.5'], ['1.2345']])('%s proves a point', (text) => {
    expect(decide([text, '1.250']).reader.convention).toBe('point');
  });

  it.each([['0,125'], ['1250,000'], ['1.234,5'], ['7,5'], ['1.250.000']])('%s proves a comma', (text) => {
    expect(decide([text, '1.250']).reader.convention).toBe('comma');
  });

  it('that could be either are refused with both readings', () => {
    const decision = decide(['950', '1.250', '2.000']);
    expect(decision.refusal).toBe(
      'unit_price "1.250" in row 3 is 1.25 with a decimal point, or 1250 with a decimal comma, and no ' +
        'number of the file decides. Say which it is: --decimal point or --decimal comma.',
    );
    expect(decide(['950', '1,250']).refusal).toContain(
      '1250 with a decimal point, or 1.25 with a decimal comma',
    );
  });

  it('that prove both are refused where one could be either', () => {
    expect(decide(['7.50', '7,50', '1.250']).refusal).toContain(
      'the file has both: "7.50" in row 2, "7,50" in row 3',
    );
  });

  it('that prove both are read as most of them are, where each has one reading', () => {
    const decision = decide(['7.50', '8.50', '7,50']);
    expect(decision.refusal).toBeUndefined();
    expect(['8.50', '7,50'].map((text) => amount(decision, text))).toEqual(['8.5', undefined]);
  });

  it('are read as asked for', () => {
    expect(amount(decide(['1.250'], { convention: 'comma' }), '1.250')).toBe('1250');
    expect(amount(decide(['1.250'], { convention: 'point' }), '1.250')).toBe('1.25');
    expect(amount(decide(['7.50'], { convention: 'comma' }), '7.50')).toBeUndefined();
  });

  it('are read as files of their kind are, unless they prove otherwise', () => {
    expect(amount(decide(['1.250'], { expected: 'comma' }), '1.250')).toBe('1250');
    expect(decide(['1.250'], { expected: 'comma' }).refusal).toBeUndefined();
    expect(amount(decide(['1.250', '7.50'], { expected: 'comma' }), '1.250')).toBe('1.25');
  });

  it('are read by one convention in all columns', () => {
    const reading = decimalReading();
    reading.column('unit_price')('7,50', 2);
    reading.column('quantity')('2.000', 2);
    expect(reading.decide().reader.quantity('2.000')).toBe('2000');
  });

  it('that a program wrote as binary floats are counted', () => {
    const decision = decide(['243.98000000000002', '18.503999999999998', '1.5']);
    expect(amount(decision, '243.98000000000002')).toBe('243.98');
    expect(decision.notes).toEqual([
      'decimal point',
      'unit_price: 2 binary floats read as the short decimals that they mean: "243.98000000000002" in ' +
        'row 2 is 243.98',
    ]);
  });

  it('that are dressed up are counted', () => {
    expect(decide(['$1,234.50', '12.50', '(5.00)']).notes).toEqual([
      'decimal point',
      'unit_price: 2 numbers with signs or groups: "$1,234.50" in row 2 is 1234.5',
    ]);
  });

  const decimals = fc
    .tuple(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.integer({ min: 0, max: 6 }))
    .map(([units, scale]) => {
      const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
      const fraction = scale === 0 ? '' : digits.slice(-scale);
      return { negative: units < 0n, whole: digits.slice(0, digits.length - scale), fraction };
    });

  const write = (
    { negative, whole, fraction }: { negative: boolean; whole: string; fraction: string },
    decimal: string,
    group: string,
  ): string => {
    const groups = whole.replace(/\B(?=(\d{3})+$)/g, group);
    return `${negative ? '-' : ''}${groups}${fraction === '' ? '' : decimal + fraction}`;
  };

  it('mean the same in any notation', () => {
    fc.assert(
      fc.property(fc.array(decimals, { minLength: 1, maxLength: 20 }), (numbers) => {
        const plain = decide([...numbers.map((n) => write(n, '.', '')), '0.5']);
        const expected = numbers.map((n) => amount(plain, write(n, '.', '')));
        for (const [decimal, group] of [
          ['.', ','],
          [',', '.'],
          [',', ' '],
          ['.', "'"],
          [',', '\u00a0'],
        ] as const) {
          const texts = numbers.map((n) => write(n, decimal, group));
          const decision = decide([...texts, `0${decimal}5`]);
          expect(decision.refusal).toBeUndefined();
          expect(texts.map((text) => amount(decision, text))).toEqual(expected);
        }
      }),
    );
  });

  it('are never read against what a convention allows, and never differently without being asked', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom(...'0123456789.,-'), maxLength: 9 }), { maxLength: 5 }),
        (texts) => {
          const decision = decide(texts);
          if (decision.refusal !== undefined) return;
          const both = (['point', 'comma'] as const).map((convention) => decide(texts, { convention }));
          for (const text of texts) {
            const value = amount(decision, text);
            const [point, comma] = both.map((each) => amount(each, text));
            // Where both conventions read a text, and differently, another text must have decided.
            if (point !== undefined && comma !== undefined && point !== comma)
              expect(
                texts.some((other) => both.filter((each) => amount(each, other) !== undefined).length === 1),
              ).toBe(true);
            expect([point, comma]).toContain(value);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
