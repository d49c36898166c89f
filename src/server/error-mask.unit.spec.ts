import { GraphQLError, getVariableValues, type OperationDefinitionNode, parse } from 'graphql';
import pino from 'pino';
import { SettingsConflictError } from '../commands';
import { StoreUnavailableError } from '../event-store/errors';
import { badUserInput } from '../graphql/errors';
import { buildSchema } from '../graphql/schema';
import { maskError } from './error-mask';

function mask(error: unknown) {
  const log: string[] = [];
  const masked = maskError(error, 'c-1', pino({}, { write: (line: string) => log.push(line) }));
  return { masked, log };
}

it('tells what was meant for the client, also where a resolver threw it', () => {
  const error = badUserInput('first: must be from 1 to 1000');
  const located = new GraphQLError(error.message, {
    originalError: error,
    path: ['orders'],
    extensions: error.extensions,
  });
  const { masked, log } = mask(located);
  expect(masked).toEqual({
    message: 'first: must be from 1 to 1000',
    path: ['orders'],
    extensions: { code: 'BAD_USER_INPUT' },
  });
  expect(log).toEqual([]);
});

it('does not repeat a whole input that lacks a field, and says which', () => {
  const document = parse('mutation($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename } }');
  const [operation] = document.definitions as OperationDefinitionNode[];
  const input = { customerId: 'x'.repeat(100_000), country: 'y'.repeat(100_000), lines: [] };
  const { errors = [] } = getVariableValues(buildSchema(), operation?.variableDefinitions ?? [], { input });
  const messages = errors.map((error) => mask(error).masked.message);
  expect(messages.map((message) => message.length < 450)).toEqual([true, true, true]);
  expect(messages[0]).toMatch(
    /^Variable "\$input" got invalid value.*Field "\w+" of required type "\w+!" was not provided\.$/,
  );
});

it('says nothing of what went wrong inside, and logs it under the id that the client gets', () => {
  const cause = new Error('duplicate key value violates unique constraint "events_pkey"');
  const { masked, log } = mask(new GraphQLError(cause.message, { originalError: cause, path: ['order'] }));
  expect(masked).toEqual({
    message: 'Internal server error',
    path: ['order'],
    extensions: { code: 'INTERNAL_SERVER_ERROR', correlationId: 'c-1' },
  });
  expect(JSON.parse(log[0] ?? '')).toMatchObject({ correlationId: 'c-1', err: { message: cause.message } });
});

it('masks what is no GraphQL error at all', () => {
  expect(mask(new TypeError('x is not a function')).masked.message).toBe('Internal server error');
  expect(mask('broken').masked.message).toBe('Internal server error');
});

it('tells the client to try again where nothing failed but the wait for a database connection', () => {
  // The error that node-postgres gives, as the event store hands it on.
  const noTurn = new Error('timeout exceeded when trying to connect');
  const cause = new StoreUnavailableError('The event store could not be asked', { cause: noTurn });
  const { masked, log } = mask(new GraphQLError(cause.message, { originalError: cause, path: ['order'] }));
  expect(masked).toEqual({
    message: 'The service is busy. Try again in a moment.',
    path: ['order'],
    extensions: { code: 'OVERLOADED' },
  });
  expect(JSON.parse(log[0] ?? '')).toMatchObject({ level: 40, correlationId: 'c-1', path: ['order'] });
});

it('keeps transport details and stack traces to itself', () => {
  const error = new GraphQLError('no', {
    extensions: { code: 'BAD_USER_INPUT', http: { status: 400 }, stacktrace: ['at x'] },
  });
  expect(mask(error).masked.extensions).toEqual({ code: 'BAD_USER_INPUT' });
});

it('tells the client when to try again while the database is away, and logs one line for an outage', () => {
  const log: string[] = [];
  const logger = pino({}, { write: (line: string) => log.push(line) });
  const away = [
    Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' }),
    new AggregateError([Object.assign(new Error(''), { code: 'ECONNREFUSED' })]),
    new Error('Connection terminated unexpectedly'),
    Object.assign(new Error('the database system is starting up'), { code: '57P03' }),
    new StoreUnavailableError('The event store could not be asked'),
  ];
  for (const cause of away)
    expect(maskError(new GraphQLError(cause.message, { originalError: cause }), 'c-1', logger)).toEqual({
      message: 'The database does not answer. Try again in a moment.',
      extensions: { code: 'STORE_UNAVAILABLE', retryAfterMs: 1_000 },
    });
  expect(log).toHaveLength(1);
  expect(JSON.parse(log[0] ?? '')).toMatchObject({ level: 50, err: { message: away[0]?.message } });
});

it('says that the store was set up otherwise, by another process and after this one had started', () => {
  const cause = new SettingsConflictError('timeZone', 'UTC', 'Europe/Berlin');
  const { masked, log } = mask(new GraphQLError(cause.message, { originalError: cause, path: ['rfm'] }));
  expect(masked).toEqual({
    message: expect.stringContaining('The configuration says timeZone Europe/Berlin'),
    path: ['rfm'],
    extensions: { code: 'SETTINGS_CONFLICT' },
  });
  expect(log).toHaveLength(1);
});

it('tells the client to try again while a read model has an older shape, and logs one line', () => {
  const cause = Object.assign(new Error('column o.refunded_tax does not exist'), { code: '42703' });
  const log: string[] = [];
  const logger = pino({}, { write: (line: string) => log.push(line) });
  for (const path of [['order'], ['orders']])
    expect(maskError(new GraphQLError(cause.message, { originalError: cause, path }), 'c-1', logger)).toEqual(
      {
        message: 'This read model is being rebuilt for a new version. Try again in a moment.',
        path,
        extensions: { code: 'PROJECTION_LAGGING', retryAfterMs: 1_000 },
      },
    );
  expect(log).toHaveLength(1);
});
