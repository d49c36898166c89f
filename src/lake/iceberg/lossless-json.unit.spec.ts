import { formatJson, parseJson } from './lossless-json';
import { checkMetadata } from './metadata';

const ID = 8019223060034093466n;

describe('lossless JSON', () => {
  it('keeps whole numbers beyond 2^53 wherever they stand', () => {
    const plain = '"d":9007199254740991,"e":9007199254740992,"f":0.5';
    const text = `{"a":${ID},"b":[${ID},-${ID},{"c":${ID}}],${plain}}`;
    expect(parseJson(text)).toEqual({
      a: ID,
      b: [ID, -ID, { c: ID }],
      d: 9007199254740991,
      e: 9007199254740992n,
      f: 0.5,
    });
    expect(formatJson(parseJson(text))).toBe(text);
  });

  it('keeps numbers with a fraction or an exponent as numbers', () => {
    expect(parseJson('[1e3, 1.25, -0.5, 12345678901234567890.5]')).toEqual([
      1000, 1.25, -0.5, 12345678901234567000,
    ]);
  });

  it('refuses what is no JSON', () => {
    expect(() => parseJson('{"a":')).toThrow(SyntaxError);
  });

  it('keeps ids of snapshots in every position of table metadata', () => {
    const text = JSON.stringify({ 'format-version': 2, location: 'x', schemas: [] }).replace(
      '}',
      `,"current-snapshot-id":${ID},"refs":{"main":{"snapshot-id":${ID},"type":"branch"}},
       "snapshots":[{"snapshot-id":${ID},"parent-snapshot-id":${ID},"manifest-list":"y"},{"snapshot-id":7}],
       "snapshot-log":[{"snapshot-id":${ID},"timestamp-ms":1}],
       "statistics":[{"snapshot-id":${ID},"statistics-path":"z"}]}`,
    );
    const metadata = checkMetadata(parseJson(text));
    expect(metadata).toMatchObject({
      'current-snapshot-id': ID,
      refs: { main: { 'snapshot-id': ID } },
      snapshots: [{ 'snapshot-id': ID, 'parent-snapshot-id': ID }, { 'snapshot-id': 7n }],
      'snapshot-log': [{ 'snapshot-id': ID }],
      statistics: [{ 'snapshot-id': ID }],
    });
    expect(formatJson(metadata).split(String(ID))).toHaveLength(7);
  });
});
