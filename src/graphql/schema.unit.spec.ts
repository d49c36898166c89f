import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GraphQLObjectType, getNamedType, isInterfaceType, isObjectType } from 'graphql';
import { buildSchema, schemaText } from './schema';
import { failureTypes } from './types/failures.type';

const schema = buildSchema();

it('is the one that schema.graphql shows; after a change run `npm run schema`', () => {
  expect(schemaText(schema)).toBe(readFileSync(join(__dirname, '../../schema.graphql'), 'utf8'));
});

it('has a documented type for every failure code', () => {
  const failure = schema.getType('Failure');
  if (!isInterfaceType(failure)) throw new Error('Failure is no interface');
  const types = schema.getImplementations(failure).objects;
  expect(types.map((type) => type.name).sort()).toEqual(
    Object.values(failureTypes)
      .map((type) => type.name)
      .sort(),
  );
  for (const type of types) expect(type.description).toBeTruthy();
});

it('takes consistency on every query', () => {
  const fields = Object.values(schema.getQueryType()?.getFields() ?? {});
  expect(fields.length).toBeGreaterThan(0);
  for (const { args } of fields) {
    const consistency = args.find(({ name }) => name === 'consistency');
    expect(consistency?.type.toString()).toBe('ConsistencyInput');
  }
});

it('takes one input on every mutation, and answers a union with failures', () => {
  const fields = Object.values(schema.getMutationType()?.getFields() ?? {});
  for (const { name, args, type } of fields) {
    const input = `${name[0]?.toUpperCase()}${name.slice(1)}Input!`;
    expect(args.map((arg) => `${arg.name}: ${arg.type}`)).toEqual([`input: ${input}`]);
    expect(String(type)).toBe(`${name[0]?.toUpperCase()}${name.slice(1)}Result!`);
  }
});

it('bounds every list that can grow: by a connection', () => {
  for (const name of ['orders', 'customers', 'anomalies']) {
    const type = schema.getQueryType()?.getFields()[name]?.type.toString().replace('!', '') ?? '';
    const connection = schema.getType(type);
    if (!isObjectType(connection)) throw new Error(`${name} is no connection`);
    expect(Object.keys(connection.getFields())).toEqual(
      expect.arrayContaining(['edges', 'pageInfo', 'asOf']),
    );
  }
});

/** Numbers in answers that have a bound of their own, or are not whole. */
const BOUNDED: Record<string, readonly string[]> = {
  Int: [
    'revision',
    'expectedRevision',
    'currentRevision',
    'lineNumber',
    'quantity',
    'generation',
    'limit',
  ].concat(['recencyScore', 'frequencyScore', 'monetaryScore', 'sizeBytes', 'limitBytes']),
  Float: ['zScore', 'score', 'seconds', 'lagSeconds'],
};

it('answers what is counted or summed up as WholeNumber, which no size can break', () => {
  const numbers = Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
    .flatMap((type) => Object.values((type as GraphQLObjectType).getFields()))
    .map(({ name, type }) => [getNamedType(type).name, name] as const);
  for (const [type, name] of numbers) if (type in BOUNDED) expect(BOUNDED[type]).toContain(name);
  expect(numbers.filter(([type]) => type === 'WholeNumber').map(([, name]) => name)).toEqual(
    expect.arrayContaining(['units', 'orders', 'requested', 'population', 'events', 'customers']),
  );
});
