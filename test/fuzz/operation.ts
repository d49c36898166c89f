import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isObjectType,
} from 'graphql';
import type { Random } from '../../src/ingest/simulator/random';
import { literal, valueFor } from './values';

export interface Operation {
  query: string;
  variables: Record<string, unknown>;
}

export type OperationKind = 'query' | 'mutation' | 'subscription';

const MOST_LEVELS = 7;

/** Makes an operation that follows a schema, with arguments that mostly do. */
export function randomOperation(schema: GraphQLSchema, kind: OperationKind, random: Random): Operation {
  return new OperationWriter(schema, random).write(kind);
}

class OperationWriter {
  private readonly variables: Record<string, unknown> = {};
  private readonly declared: string[] = [];

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly random: Random,
  ) {}

  write(kind: OperationKind): Operation {
    const root = {
      query: this.schema.getQueryType(),
      mutation: this.schema.getMutationType(),
      subscription: this.schema.getSubscriptionType(),
    }[kind];
    if (!root) throw new Error(`The schema has no ${kind}`);
    const selection = this.selection(root, 0, kind === 'query' ? 3 : 1);
    const declared = this.declared.length > 0 ? `(${this.declared.join(', ')})` : '';
    return { query: `${kind} ${declared} ${selection}`, variables: this.variables };
  }

  private selection(type: GraphQLNamedType, level: number, most = 5): string {
    const { random } = this;
    if (isAbstractType(type)) {
      const members = [...this.schema.getPossibleTypes(type)].filter(() => random.chance(0.6));
      const own = isInterfaceType(type) ? this.fieldsOf(type.getFields(), level, 2) : [];
      const parts = members.map((member) => `... on ${member.name} ${this.selection(member, level + 1)}`);
      return `{ ${['__typename', ...own, ...parts].join(' ')} }`;
    }
    const fields = isObjectType(type)
      ? this.fieldsOf((type as GraphQLObjectType).getFields(), level, most)
      : [];
    return `{ ${fields.length > 0 ? fields.join(' ') : '__typename'} }`;
  }

  private fieldsOf(
    fields: Record<string, GraphQLField<unknown, unknown>>,
    level: number,
    most: number,
  ): string[] {
    const usable = Object.values(fields).filter(
      (field) => level < MOST_LEVELS || isLeafType(getNamedType(field.type)),
    );
    if (usable.length === 0) return [];
    return Array.from({ length: this.random.between(1, most) }, () =>
      this.field(this.random.pick(usable), level),
    );
  }

  private field(field: GraphQLField<unknown, unknown>, level: number): string {
    const { random } = this;
    const named = getNamedType(field.type);
    const alias = random.chance(0.15) ? `a${random.between(1, 9)}: ` : '';
    const condition = random.chance(0.03) ? ` @${random.pick(['skip', 'include'])}(if: ${this.flag()})` : '';
    const below = isLeafType(named) ? '' : ` ${this.selection(named, level + 1)}`;
    return `${alias}${field.name}${this.argumentsOf(field)}${condition}${below}`;
  }

  private argumentsOf(field: GraphQLField<unknown, unknown>): string {
    const written: string[] = [];
    for (const { name, type } of field.args) {
      const value = valueFor(type, name, this.random);
      if (value === undefined) continue;
      if (this.random.chance(0.6)) written.push(`${name}: ${this.variable(String(type), value)}`);
      else written.push(`${name}: ${literal(value, type)}`);
    }
    return written.length > 0 ? `(${written.join(', ')})` : '';
  }

  private flag(): string {
    return this.random.chance(0.5)
      ? 'true'
      : this.variable('Boolean!', this.random.pick([true, false, null]));
  }

  private variable(type: string, value: unknown): string {
    const name = `v${this.declared.length}`;
    this.declared.push(`$${name}: ${type}`);
    if (this.random.chance(0.98)) this.variables[name] = value;
    return `$${name}`;
  }
}
