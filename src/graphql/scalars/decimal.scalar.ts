import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { decimalsOf } from '../../domain/decimal';

function parse(value: unknown): string {
  if (typeof value === 'string' && decimalsOf(value) !== undefined) return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  throw new GraphQLError(
    'Decimal is written as a string such as "12.50": digits, and a point with digits behind it where ' +
      'needed. A number with a fraction is refused, because it would travel as a binary float.',
  );
}

/** An exact decimal number. TypeScript type: string. */
export const DecimalScalar = new GraphQLScalarType<string, string>({
  name: 'Decimal',
  description:
    'An exact decimal number as a string, e.g. "12.50", with as many zeros at its end as you like. ' +
    'Whole JSON numbers are taken too; fractions must be strings.',
  serialize: (value) => String(value),
  parseValue: parse,
  parseLiteral(node) {
    if (node.kind === Kind.STRING) return parse(node.value);
    if (node.kind === Kind.INT || node.kind === Kind.FLOAT) return parse(Number(node.value));
    return parse(undefined);
  },
});
