import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { LIMITS } from '../../src/graphql/limits';
import type { Json } from './api';

/** A way through the schema, from a field of Query over edges: the fields that are objects. */
export interface Way {
  /** e.g. `Query.order > Order.customer > Customer.rfm` */
  name: string;
  fields: readonly Step[];
}

interface Step {
  /** e.g. `Order.customer` */
  name: string;
  field: GraphQLField<unknown, unknown>;
  type: GraphQLObjectType;
}

/** Values of arguments that a field must have, by `Type.field`, as GraphQL writes them. */
export type Samples = Readonly<Record<string, string>>;

const PAGE = 'first: 5';

/** How many edges a document may go down and still ask for `asOf { position }` there. */
const LONGEST = LIMITS.depth - 2;

/** Every way below Query on which no edge comes twice, and that is no deeper than a document may be. */
export function waysThrough(schema: GraphQLSchema): Way[] {
  const query = schema.getQueryType();
  return query ? waysFrom(query, []) : [];
}

/** Every edge below Query, as `Type.field`, however deep. */
export function edgesOfAll(schema: GraphQLSchema): string[] {
  const found = new Set<string>();
  const visit = (parent: GraphQLObjectType): void => {
    for (const { name, type } of edgesOf(parent)) {
      if (found.has(name)) continue;
      found.add(name);
      visit(type);
    }
  };
  const query = schema.getQueryType();
  if (query) visit(query);
  return [...found].sort();
}

/** The fields of Query that a way starts with. */
export const rootsOf = (ways: readonly Way[]): Way[] => ways.filter(({ fields }) => fields.length === 1);

/** Object types that can be reached from Query. */
export const typesOn = (ways: readonly Way[]): string[] =>
  [...new Set(ways.flatMap(({ fields }) => fields.map(({ type }) => type.name)))].sort();

function waysFrom(parent: GraphQLObjectType, before: readonly Step[]): Way[] {
  return edgesOf(parent).flatMap((step) => {
    if (before.length === LONGEST || before.some(({ name }) => name === step.name)) return [];
    const fields = [...before, step];
    return [{ name: fields.map(({ name }) => name).join(' > '), fields }, ...waysFrom(step.type, fields)];
  });
}

function edgesOf(parent: GraphQLObjectType): Step[] {
  return Object.values(parent.getFields()).flatMap((field) => {
    const type = getNamedType(field.type);
    if (!isObjectType(type) || field.name === 'asOf') return [];
    return [{ name: `${parent.name}.${field.name}`, field, type }];
  });
}

/**
 * A query of one way that also asks for the position of each read model on it.
 * @param more arguments of its first field
 */
export function ask({ fields }: Way, samples: Samples, more = '', alias = ''): string {
  const [root, ...rest] = fields;
  if (!root) return '';
  const below = rest.reduceRight(
    (inner, step) => (parentFields: string) =>
      `${parentFields} ${call(step, samples)} { ${inner(plainFields(step.type))} }`,
    (own: string) => own,
  );
  const prefix = alias === '' ? '' : `${alias}: `;
  return `${prefix}${call(root, samples, more)} { ${below(plainFields(root.type))} }`;
}

/** What asks for everything below a field of Query; edges that came before are left out. */
export function askAll({ fields: [root] }: Way, samples: Samples, more = '', alias = ''): string {
  if (!root) return '';
  return `${alias}: ${call(root, samples, more)} { ${everything(root.type, [root.name], samples)} }`;
}

function everything(type: GraphQLObjectType, before: readonly string[], samples: Samples): string {
  const edges = edgesOf(type)
    .filter(({ name }) => before.length < LONGEST && !before.includes(name))
    .map((step) => `${call(step, samples)} { ${everything(step.type, [...before, step.name], samples)} }`);
  return [plainFields(type), ...edges].join(' ');
}

/** A field with its arguments. @throws Error when no sample is known of one that it must have */
function call({ name, field }: Step, samples: Samples, more = ''): string {
  const sample = samples[name] ?? '';
  const missing = field.args.find((arg) => isRequiredArgument(arg) && !sample.includes(`${arg.name}:`));
  if (missing) throw new Error(`${name} must have ${missing.name}: give a sample of it`);
  const page = field.args.some((arg) => arg.name === 'first') ? PAGE : '';
  const args = [sample, page, more].filter((each) => each !== '');
  return args.length > 0 ? `${field.name}(${args.join(', ')})` : field.name;
}

function plainFields(type: GraphQLObjectType): string {
  const fields = Object.values(type.getFields());
  const plain = fields.filter((field) => !isObjectType(getNamedType(field.type))).map(({ name }) => name);
  return [...plain, ...(type.getFields().asOf ? ['asOf { position }'] : []), '__typename'].join(' ');
}

/** The objects that stand at the end of a way in an answer. */
export function atTheEnd({ fields }: Way, data: Json): Json[] {
  return fields.reduce<Json[]>(
    (parents, { field }) =>
      parents.flatMap((parent) => parent[field.name] ?? []).filter((each) => each !== null),
    [data],
  );
}

/** How far the read models behind an answer were, wherever it says so. */
export function positionsIn(answer: Json): string[] {
  if (typeof answer !== 'object' || answer === null) return [];
  const own = answer.asOf?.position ?? (answer.__typename === 'Projection' ? answer.position : undefined);
  const below = Object.values(answer).flatMap(positionsIn);
  return own === undefined ? below : [own, ...below];
}
