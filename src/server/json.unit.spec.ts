import fc from 'fast-check';
import { decodeUtf8, parseJson } from './json';
import type { Refusal } from './refusal';

function refusalOf(work: () => unknown): Pick<Refusal, 'code' | 'message'> | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    const { code, message } = error as Refusal;
    return { code, message };
  }
}

it('is JSON.parse for what JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), (text) => {
      fc.pre(!text.includes('__proto__'));
      // A double above 2^53 is written with fewer digits than it has, and means itself.
      expect(parseJson(text)).toEqual(JSON.parse(text));
    }),
  );
});

it.each([
  ['{"orderId": 1234567890123456789}', '"orderId": 1234567890123456789'],
  ['{"a":"12345678901234567890","b":[1,-9007199254740993]}', '"b": -9007199254740993'],
  ['{"a\\"b" : 9007199254740993}', '"a\\"b": 9007199254740993'],
  ['{"a":"\\\\","b":1234567890123456789.0}', '"b": 1234567890123456789.0'],
  ['{"a": 12345678901234567e1}', '"a": 12345678901234567e1'],
  // Exact as a double, but GraphQL writes such a number otherwise.
  ['{"a": 1180591620717411303424}', '"a": 1180591620717411303424'],
  ['[1234567890123456789]', '1234567890123456789'],
])('refuses the number of %s, with its key', (text, shown) => {
  expect(refusalOf(() => parseJson(text))).toEqual({
    code: 'BAD_USER_INPUT',
    message: `${shown} is larger than a JSON number holds exactly: write it as a string`,
  });
});

it.each([
  ['{"a": 9007199254740991}'],
  ['{"a": "1234567890123456789"}'],
  ['{"1234567890123456789": 1}'],
  ['{"a": 0.30000000000000004}'],
  ['{"a": 1.0000000000000000000}'],
  ['{"a": 1000000000000000000}'],
])('takes %s', (text) => {
  expect(parseJson(text)).toEqual(JSON.parse(text));
});

it.each([
  ['{"__proto__": {"a": 1}}', '"__proto__"'],
  ['{"a": [{"b": {"\\u005f_proto__": 1}}]}', '"\\u005f_proto__"'],
  ['{"a": {"constructor": {"prototype": {}}}}', '"constructor"'],
])('names the key of %s', (text, key) => {
  expect(refusalOf(() => parseJson(text))).toEqual({
    code: 'BAD_REQUEST',
    message: `The key ${key} is not allowed`,
  });
});

it.each([['{"a": "__proto__"}'], ['{"constructor": "Gaudi"}']])(
  'takes %s, which reaches for nothing',
  (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text));
  },
);

it('survives arrays nested without end', () => {
  const deep = (inner: string) => '['.repeat(100_000) + inner + ']'.repeat(100_000);
  expect(refusalOf(() => parseJson(deep('1234567890123456789')))?.code).toBe('BAD_USER_INPUT');
  expect(refusalOf(() => parseJson(deep('{"__proto__":1}')))?.code).toBe('BAD_REQUEST');
});

it('says after what a body is not UTF-8', () => {
  const latin1 = Buffer.from('{"customerId": "café"}', 'latin1');
  expect(refusalOf(() => decodeUtf8(latin1))).toEqual({
    code: 'BAD_REQUEST',
    message: 'This is not UTF-8: what follows "{\\"customerId\\": \\"caf" is not',
  });
  expect(decodeUtf8(Buffer.from('\uFEFFcafé \uFFFD'))).toBe('café \uFFFD');
});
