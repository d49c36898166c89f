import { InputCheck } from './input-check';

/** What a method makes of a value, or the failure's message. */
function checked<T>(read: (check: InputCheck) => T): T | string {
  const check = new InputCheck();
  const value = read(check);
  return check.failure === undefined ? value : check.failure.message;
}

describe('ids', () => {
  it.each([
    'a',
    'A-1/ß x',
    '123',
    'cafe\u0301',
    'a\u200db',
    '\u{1F600}',
    'x'.repeat(200),
    '\u{1F600}'.repeat(200),
  ])('take %j', (id) => expect(checked((check) => check.id('id', id))).toBe(id));

  it.each([
    ['', 'id must not be empty'],
    [undefined, 'id must not be empty'],
    [7, 'id must not be empty'],
    ['x'.repeat(201), 'id must not be longer than 200 characters'],
    ['\u{1F600}'.repeat(201), 'id must not be longer than 200 characters'],
    ['a\u0000b', 'id must have printable characters only'],
    ['a\nb', 'id must have printable characters only'],
    ['a\u2028b', 'id must have printable characters only'],
    ['a\ud800', 'id must have printable characters only'],
    [' a', 'id must not begin or end with a blank'],
    ['a\u00a0', 'id must not begin or end with a blank'],
    ['ada\u200b', 'id must not begin or end with a blank'],
    ['\ufeffada', 'id must not begin or end with a blank'],
  ])('refuse %j', (id, message) => expect(checked((check) => check.id('id', id))).toBe(message));
});

describe('names', () => {
  it('come in their normal form: trimmed, composed, without what shows nothing', () => {
    expect(checked((check) => check.name('name', 'Mug,  "große" \u{1F600}'))).toBe('Mug,  "große" \u{1F600}');
    for (const kitchen of ['Küche', ' Küche\u00a0', 'Ku\u0308che', '\ufeffKüche\u200b', 'Kü\u00adche\t']) {
      expect(checked((check) => check.name('category', kitchen))).toBe('Küche');
    }
    const family = '\u{1F468}\u200d\u{1F469}\u200d\u{1F467}';
    expect(checked((check) => check.name('name', family))).toBe(family);
    expect(checked((check) => check.name('name', 'é'.repeat(500)))).toHaveLength(500);
  });

  it('are refused where they are empty, too long or not storable', () => {
    expect(checked((check) => check.name('name', '  '))).toBe('name must not be empty');
    expect(checked((check) => check.name('name', 'x'.repeat(501)))).toBe(
      'name must not be longer than 500 characters',
    );
    expect(checked((check) => check.name('name', 'a\u0000'))).toBe('name must not have control characters');
    expect(checked((check) => check.optionalName('name', 5))).toBe('name must not be empty');
  });

  it('are none where they are optional and empty', () => {
    for (const none of [undefined, null, '', '  ', '\u200b']) {
      expect(checked((check) => check.optionalName('name', none))).toBeUndefined();
    }
  });

  it('may have several lines as a reason', () => {
    expect(checked((check) => check.reason('reason', 'a\n\tb'))).toBe('a\n\tb');
    expect(checked((check) => check.reason('reason', ' e\u0301\n'))).toBe('é');
    expect(checked((check) => check.reason('reason', ' '))).toBeUndefined();
    expect(checked((check) => check.reason('reason', 'a\u0000'))).toBe('reason must be well-formed text');
    expect(checked((check) => check.reason('reason', '\udc00'))).toBe('reason must be well-formed text');
    expect(checked((check) => check.reason('reason', 'x'.repeat(2001)))).toContain('2000 characters');
    expect(checked((check) => check.reason('reason', 5))).toBe('reason must be a text');
  });

  it('are checked loosely as e-mail addresses', () => {
    expect(checked((check) => check.optionalEmail('email', "o'neil+x@exämple"))).toBe("o'neil+x@exämple");
    for (const wrong of ['a', 'a@', '@b', 'a b@c', 'a@b@c']) {
      expect(checked((check) => check.optionalEmail('email', wrong))).toBe('email must be an e-mail address');
    }
  });
});

describe('numbers', () => {
  it('are amounts of a currency', () => {
    expect(checked((check) => check.optionalAmount('tax', '1.5', 'EUR'))).toBe(150);
    expect(checked((check) => check.optionalAmount('tax', null, 'EUR'))).toBe(0);
    expect(checked((check) => check.optionalAmount('tax', '5.000', 'EUR'))).toBe(500);
    expect(checked((check) => check.optionalAmount('tax', '750.00', 'JPY'))).toBe(750);
    expect(checked((check) => check.optionalAmount('tax', `1.2${'0'.repeat(900)}`, 'EUR'))).toBe(120);
    expect(checked((check) => check.currency('currency', 'BTC'))).toContain('ISO 4217');
    expect(checked((check) => check.optionalCurrency('currency', 'eur'))).toContain('ISO 4217');
  });

  it.each([
    ['1e5', 'EUR', 'must be a plain decimal such as 12.50'],
    ['1,50', 'EUR', 'must be a plain decimal such as 12.50'],
    [5, 'EUR', 'must be a plain decimal such as 12.50'],
    ['1.555', 'EUR', 'must have at most 2 decimals in EUR'],
    ['0.50', 'JPY', 'must not have decimals in JPY'],
    ['99999999999999', 'EUR', 'must be below 10000000000000.00 EUR'],
  ])('%j in %s is no amount, and the reason is told', (wrong, currency, problem) => {
    expect(checked((check) => check.optionalAmount('tax', wrong, currency))).toBe(`tax ${problem}`);
  });

  it('come in one notation', () => {
    expect(checked((check) => check.unitPrice('price', '2.5', 'EUR'))).toBe('2.50');
    expect(checked((check) => check.decimal('amount', '02.500'))).toBe('2.5');
    expect(checked((check) => check.exchangeRate('rate', '1.10'))).toBe('1.1');
    expect(checked((check) => check.exchangeRate('rate', '1.10000000000000'))).toBe('1.1');
    expect(checked((check) => check.unitPrice('price', '2.500000', 'EUR'))).toBe('2.50');
    expect(checked((check) => check.exchangeRate('rate', '0'))).toContain('above zero');
    expect(checked((check) => check.exchangeRate('rate', '1.00000000001'))).toContain('10 decimals');
    expect(checked((check) => check.unitPrice('price', '2.00001', 'EUR'))).toContain('4 decimals');
  });

  it('are revisions and times', () => {
    expect(checked((check) => check.optionalRevision('revision', 0))).toBe(0);
    expect(checked((check) => check.optionalRevision('revision', null))).toBeUndefined();
    for (const wrong of [-1, 1.5, Number.NaN, '1']) {
      expect(checked((check) => check.optionalRevision('revision', wrong))).toContain('whole number');
    }
    expect(checked((check) => check.optionalTime('at', '2024'))).toBe('at must be a number');
  });
});

describe('failures', () => {
  it('are the first one, with the whole path', () => {
    const check = new InputCheck();
    check.each('lines', ['a', ''], (line) => check.id('productId', line));
    check.id('orderId', '');
    expect(check.failure).toEqual({
      code: 'INVALID_INPUT',
      message: 'lines.1.productId must not be empty',
      path: ['lines', '1', 'productId'],
    });
  });

  it('come from a list that is none', () => {
    const check = new InputCheck();
    expect(check.each('lines', null as never, (line) => line)).toEqual([]);
    expect(check.failure?.path).toEqual(['lines']);
  });
});
