import type { ColumnType, Value } from '../columns/table-definition';

/** A bound of a text has so many of its first characters. */
const BOUND_CHARACTERS = 16;
const MICROS_PER_MILLI = 1_000n;
const LAST_CHARACTER = 0x10ffff;
const FIRST_SURROGATE = 0xd800;
const AFTER_SURROGATES = 0xe000;

/** A value in the binary form of the Iceberg specification, appendix D. */
export function encodeValue(type: ColumnType, value: NonNullable<Value>): Buffer {
  switch (type.kind) {
    case 'boolean':
      return Buffer.from([value ? 1 : 0]);
    case 'int':
    case 'date':
      return int32(value as number);
    case 'long':
      return int64(BigInt(value as number));
    case 'timestamptz':
      return int64(BigInt(value as number) * MICROS_PER_MILLI);
    case 'decimal':
      return minimalTwosComplement(BigInt(value as number | bigint));
    default:
      return Buffer.from(value as string);
  }
}

/** A lower bound of a column: of a text, its beginning. */
export function encodeLower(type: ColumnType, value: NonNullable<Value>): Buffer {
  return encodeValue(type, isText(type) ? beginningOf(value as string).join('') : value);
}

/**
 * An upper bound of a column: of a long text, its beginning rounded up.
 * @returns undefined where no text of that length is an upper bound
 */
export function encodeUpper(type: ColumnType, value: NonNullable<Value>): Buffer | undefined {
  if (!isText(type)) return encodeValue(type, value);
  const text = value as string;
  const beginning = beginningOf(text);
  if (beginning.join('').length === text.length) return Buffer.from(text);
  while (beginning.length > 0) {
    const next = following(beginning.pop()!);
    if (next) return Buffer.from([...beginning, next].join(''));
  }
  return undefined;
}

const isText = ({ kind }: ColumnType): boolean => kind === 'string' || kind === 'list';

/** The first characters of a text. Iterating over it keeps surrogate pairs together. */
function beginningOf(text: string): string[] {
  const characters: string[] = [];
  for (const character of text) {
    if (characters.length === BOUND_CHARACTERS) break;
    characters.push(character);
  }
  return characters;
}

function following(character: string): string | undefined {
  const code = character.codePointAt(0)!;
  if (code === LAST_CHARACTER) return undefined;
  return String.fromCodePoint(code + 1 === FIRST_SURROGATE ? AFTER_SURROGATES : code + 1);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}

/** Big-endian, in the fewest bytes that hold the value with its sign. */
function minimalTwosComplement(value: bigint): Buffer {
  let length = 1;
  while (BigInt.asIntN(8 * length, value) !== value) length++;
  const hex = BigInt.asUintN(8 * length, value).toString(16);
  return Buffer.from(hex.padStart(2 * length, '0'), 'hex');
}
