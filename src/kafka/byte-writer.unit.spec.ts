import { ByteWriter } from './byte-writer';

const written = (write: (out: ByteWriter) => void, bytes = 1): string => {
  const out = new ByteWriter(bytes);
  write(out);
  return out.bytes.toString('hex');
};

it('writes whole numbers with the high byte first', () => {
  const all = written((out) => {
    out.int8(-2);
    out.int16(258);
    out.int32(-3);
    out.int64(2n ** 40n);
  });
  expect(all).toBe('fe' + '0102' + 'fffffffd' + '0000010000000000');
});

it.each([
  [0, '00'],
  [-1, '01'],
  [63, '7e'],
  [64, '8001'],
  [8_191, 'fe7f'],
  [8_192, '808001'],
  [2 ** 31 - 1, 'feffffff0f'],
  [-(2 ** 31), 'ffffffff0f'],
])('writes %i as a varint', (value, hex) => {
  expect(written((out) => out.varint(value))).toBe(hex);
});

it.each(['', 'order-7', 'Zoë', 'x'.repeat(64), 'x'.repeat(65), `${'x'.repeat(64)}ü`])(
  'writes the text %p in UTF-8 behind the number of its bytes',
  (text) => {
    const bytes = Buffer.from(text);
    const length = written((out) => out.varint(bytes.length));
    expect(written((out) => out.varintString(text))).toBe(length + bytes.toString('hex'));
    expect(written((out) => out.string(text))).toBe(
      bytes.length.toString(16).padStart(4, '0') + bytes.toString('hex'),
    );
  },
);

it('writes null as the length -1', () => {
  expect(written((out) => out.varintString(null))).toBe('01');
});

it.each([0, 63, 64, 100_000])('puts a length in front, guessed as %i', (about) => {
  const inner = (out: ByteWriter) => {
    out.varintBytes(Buffer.from('one'));
    out.lengthPrefixed(about, () => out.varintBytes(Buffer.alloc(70, 0x61)));
  };
  const expected = `${'06'}${Buffer.from('one').toString('hex')}${'9001'}${'8c01'}${'61'.repeat(70)}`;
  expect(written(inner)).toBe(expected);
  const outer = written((out) => out.lengthPrefixed(about, () => inner(out)));
  expect(outer).toBe(`9c01${expected}`);
});

it('overwrites bytes at an offset', () => {
  const all = written((out) => {
    out.int8(1);
    out.int32(0);
    out.int8(2);
    out.setUint32(1, 0xfffffffe);
  });
  expect(all).toBe('01fffffffe02');
});
