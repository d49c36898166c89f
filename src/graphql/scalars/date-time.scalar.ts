import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { isCalendarDay } from './date.scalar';

const DATE_TIME =
  /^(\d{4}-\d\d-\d\d)[Tt]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

function parse(value: unknown): number {
  const match = typeof value === 'string' ? DATE_TIME.exec(value) : null;
  if (match && isCalendarDay(match[1] as string)) return Date.parse(match[0].toUpperCase());
  throw new GraphQLError(
    'DateTime is an RFC 3339 time with its offset, such as "2024-05-31T18:30:00Z" or ' +
      '"2024-05-31T20:30:00+02:00"',
  );
}

/** A point in time. TypeScript type: Unix milliseconds. */
export const DateTimeScalar = new GraphQLScalarType<number, string>({
  name: 'DateTime',
  description: 'A point in time, RFC 3339 with an offset, to the millisecond. Answers are in UTC.',
  serialize: (value) => new Date(value as number | Date).toISOString(),
  parseValue: parse,
  parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined),
});
