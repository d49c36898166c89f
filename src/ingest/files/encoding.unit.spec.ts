import { InputError } from '../input-error';
import { byteOrderMark, decodeText, ENCODINGS, type Encoding, encodeText, findEncoding } from './encoding';

async function* inChunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function decode(bytes: Buffer, encoding?: Encoding, chunk = 3): Promise<string> {
  const parts: string[] = [];
  const form = findEncoding(bytes.subarray(0, 64), encoding);
  for await (const part of decodeText(inChunksOf(bytes, chunk), form)) parts.push(part);
  return parts.join('');
}

const TEXT = 'naïve,Zürich,日本語,€ 5,🌊\n';

describe('the encoding of a file', () => {
  it.each([1, 2, 3, 4, 7, 1000])('is UTF-8, in chunks of %i bytes too', async (chunk) => {
    expect(await decode(Buffer.from(TEXT), 'utf-8', chunk)).toBe(TEXT);
  });

  it.each([1, 2, 3, 5, 1000])('may begin with a byte order mark (chunks of %i bytes)', async (chunk) => {
    expect(await decode(Buffer.from(`\uFEFF${TEXT}`), undefined, chunk)).toBe(TEXT);
    expect(await decode(Buffer.from(`\uFEFF${TEXT}`, 'utf16le'), 'utf-16le', chunk)).toBe(TEXT);
  });

  it.each([1, 2, 3, 5, 1000])(
    'is UTF-16 without being asked, with a mark (chunks of %i bytes)',
    async (chunk) => {
      const text = Buffer.from(`\uFEFF${TEXT}`, 'utf16le');
      expect(await decode(text, undefined, chunk)).toBe(TEXT);
      expect(await decode(Buffer.from(text).swap16(), undefined, chunk)).toBe(TEXT);
    },
  );

  it.each(ENCODINGS)('%s is written as it is read', async (encoding) => {
    const text = encoding === 'latin1' ? 'Zürich £\n' : 'Zürich £ € “ü”\n';
    const bytes = Buffer.concat([byteOrderMark(encoding), encodeText(text, encoding)]);
    expect(await decode(bytes, encoding)).toBe(text);
    expect(encodeText('a日b', encoding).toString('latin1')).toHaveLength(
      { 'utf-8': 5, latin1: 3, 'windows-1252': 3, 'utf-16le': 6, 'utf-16be': 6 }[encoding],
    );
  });

  it('may be UTF-16, Latin 1 or Windows-1252', async () => {
    expect(await decode(Buffer.from(TEXT, 'utf16le'), 'utf-16le')).toBe(TEXT);
    expect(await decode(Buffer.from('Zürich £', 'latin1'), 'latin1')).toBe('Zürich £');
    expect(await decode(Buffer.from([0x80, 0x20, 0x93, 0xfc, 0x94]), 'windows-1252')).toBe('€ “ü”');
  });

  it('that is not UTF-8 is told with the offset and the line', async () => {
    const bytes = Buffer.concat([Buffer.from('a,b\nc,d\ne,'), Buffer.from([0xfc]), Buffer.from('f\n')]);
    for (const chunk of [1, 3, 4, 1000]) {
      const attempt = decode(bytes, 'utf-8', chunk);
      await expect(attempt).rejects.toBeInstanceOf(InputError);
      await expect(attempt).rejects.toThrow(/byte 0xfc at offset 10, line 3\..*--encoding latin1/);
      await expect(attempt).rejects.toThrow(/reads "üf" with --encoding windows-1252/);
    }
  });

  it('that ends in the middle of a character is not UTF-8', async () => {
    await expect(decode(Buffer.from('aé').subarray(0, 2))).rejects.toThrow(/0xc3 at offset 1, line 1/);
  });

  it('that looks like UTF-16 is told so', async () => {
    const text = Buffer.from('order_id', 'utf16le');
    await expect(decode(text, 'utf-8', 100)).rejects.toThrow(/byte 2 is 0.*--encoding utf-16le/);
    await expect(decode(text.swap16())).rejects.toThrow(/byte 1 is 0.*--encoding utf-16be/);
  });

  it('that is no UTF-16 is told so', async () => {
    await expect(decode(Buffer.from([0x61, 0x00, 0x62]), 'utf-16le')).rejects.toThrow(/not UTF-16LE/);
    await expect(decode(Buffer.from([0x00, 0xd8, 0x61, 0x00]), 'utf-16le')).rejects.toThrow(/not UTF-16LE/);
  });

  it('of nothing is nothing', async () => {
    expect(await decode(Buffer.alloc(0))).toBe('');
    expect(await decode(Buffer.from('a'))).toBe('a');
  });
});
