import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

const DECIMAL = /^-?\d{1,30}(\.\d{1,30})?$/;

function parse(value: unknown): string {
  if (typeof value === 'string' && DECIMAL.test(value)) return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  throw new GraphQLError(
    'Decimal is written as a string such as "12.50": digits, and a point with digits behind it where needed. ' +
      'A number with a fraction is refused, because it would travel as a binary float.',
  );
}

/** An exact decimal number. TypeScript type: string. */
export const DecimalScalar = new GraphQLScalarType<string, string>({
  name: 'Decimal',
  description:
    'An exact decimal number as a string, e.g. "12.50". Whole JSON numbers are taken too; fractions must be strings.',
  serialize: (value) => String(value),
  parseValue: parse,
  parseLiteral(node) {
    if (node.kind === Kind.STRING) return parse(node.value);
    if (node.kind === Kind.INT) return parse(Number(node.value));
    return parse(undefined);
  },
});
