import { crc32c } from './crc32c';

// RFC 3720, appendix B.4.
it.each([
  ['32 bytes of zeros', Buffer.alloc(32), 0x8a9136aa],
  ['32 bytes of ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
  ['32 rising bytes', Buffer.from(Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e],
  ['32 falling bytes', Buffer.from(Array.from({ length: 32 }, (_, i) => 31 - i)), 0x113fdb5c],
  ['the nine digits that every catalogue of checksums has', Buffer.from('123456789'), 0xe3069283],
  ['nothing', Buffer.alloc(0), 0],
])('is what the standard says of %s', (_, bytes, expected) => {
  expect(crc32c(bytes)).toBe(expected);
});

it('takes a range of bytes', () => {
  for (let before = 0; before < 8; before++) {
    const bytes = Buffer.from(`${'x'.repeat(before)}123456789y`);
    expect(crc32c(bytes, before, before + 9)).toBe(0xe3069283);
  }
});
