import { GraphQLError, GraphQLScalarType } from 'graphql';
import { asNumberWhereExact } from '../../domain/decimal';

/** A count or a sum of counts; a bigint only above 2^53. */
export type WholeNumber = number | bigint;

function serialize(value: unknown): number | string {
  const exact = typeof value === 'bigint' ? asNumberWhereExact(value) : value;
  if (typeof exact === 'bigint') return String(exact);
  if (Number.isSafeInteger(exact)) return exact as number;
  throw new GraphQLError(`WholeNumber cannot be ${String(value)}`);
}

/** Counts of any size, in answers only: arguments are Int. TypeScript type: number or bigint. */
export const WholeNumberScalar = new GraphQLScalarType<never, number | string>({
  name: 'WholeNumber',
  description:
    'A whole number of any size: a JSON number up to 9007199254740991, which every reader of JSON takes ' +
    'exactly; a string of digits beyond it.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259#section-6',
  serialize,
  parseValue() {
    throw new GraphQLError('WholeNumber is for answers only');
  },
});
