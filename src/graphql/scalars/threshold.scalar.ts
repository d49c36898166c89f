import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

const THRESHOLD = /^\d{1,6}(\.\d{1,6})?$/;

function parse(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text === 'string' && THRESHOLD.test(text) && Number(text) > 0) return text;
  throw new GraphQLError('Threshold is a number above zero with at most 6 decimals, such as 2, 2.5 or "2.5"');
}

/** A number of standard deviations. TypeScript type: decimal string. */
export const ThresholdScalar = new GraphQLScalarType<string, number>({
  name: 'Threshold',
  description:
    'How many standard deviations from the mean are too many: above zero, at most 6 decimals. 2, 2.5 or "2.5".',
  serialize: (value) => Number(value),
  parseValue: parse,
  parseLiteral(node) {
    if (node.kind === Kind.STRING || node.kind === Kind.INT || node.kind === Kind.FLOAT)
      return parse(node.value);
    return parse(undefined);
  },
});
