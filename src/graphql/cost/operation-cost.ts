import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  type ValueNode,
} from 'graphql';
import { LIMITS } from '../limits';

/** The cost of a field that reads something, such as the customer of an order. Every other field costs 1. */
const READING = 10;

/** Rows of an introspection list on average. The list of types counts as long as it is. */
const INTROSPECTION_ROWS = 3;

/**
 * The cost of one operation: how many fields its answer may have, over all rows. A page counts with as many
 * rows as `first` allows, also when that is a variable. Another list counts with one row here, and `Budget`
 * charges the others when they are read.
 */
export class OperationCost {
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  private readonly known = new Map<string, number>();
  private readonly rows = new Map<SelectionSetNode, number>();
  /** of the whole operation */
  readonly total: number;

  /**
   * @param document valid for the schema
   * @param variables as the client sent them
   */
  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly operation: OperationDefinitionNode,
    private readonly variables: Readonly<Record<string, unknown>>,
  ) {
    for (const definition of document.definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(definition.name.value, definition);
    const root = schema.getRootType(operation.operation);
    this.total = root ? this.below(operation.selectionSet, root, 1) : 0;
  }

  /** The cost of one row of a list. */
  ofRow({ selectionSet }: FieldNode, type: GraphQLNamedType): number {
    if (!selectionSet) return 1;
    let cost = this.rows.get(selectionSet);
    if (cost === undefined) {
      cost = 1 + this.below(selectionSet, type, 1);
      this.rows.set(selectionSet, cost);
    }
    return cost;
  }

  /** @param pageSize rows of the connection whose fields these are */
  private below({ selections }: SelectionSetNode, type: GraphQLNamedType, pageSize: number): number {
    let cost = 0;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) cost += this.ofField(selection, type, pageSize);
      else if (selection.kind === Kind.INLINE_FRAGMENT)
        cost += this.below(selection.selectionSet, this.typeNamed(selection, type), pageSize);
      else cost += this.ofFragment(selection.name.value, type, pageSize);
    }
    return cost;
  }

  /** Walks through each fragment once: a few that spread each other could else make a walk without end. */
  private ofFragment(name: string, type: GraphQLNamedType, pageSize: number): number {
    const fragment = this.fragments.get(name);
    if (!fragment) return 0;
    const key = `${name} ${pageSize}`;
    let cost = this.known.get(key);
    if (cost === undefined) {
      cost = this.below(fragment.selectionSet, this.typeNamed(fragment, type), pageSize);
      this.known.set(key, cost);
    }
    return cost;
  }

  private typeNamed(
    { typeCondition }: Pick<FragmentDefinitionNode, 'typeCondition'> | { typeCondition?: undefined },
    type: GraphQLNamedType,
  ): GraphQLNamedType {
    return (typeCondition && this.schema.getType(typeCondition.name.value)) ?? type;
  }

  private ofField(node: FieldNode, type: GraphQLNamedType, pageSize: number): number {
    const field = fieldOf(type, node.name.value);
    if (!field || !node.selectionSet) return 1;
    const rows = this.rowsOf(field, type, pageSize);
    const below = this.below(node.selectionSet, getNamedType(field.type), this.pageSizeOf(node, field));
    return (isReading(field, type) ? READING : 1) + rows * below;
  }

  private rowsOf(field: Field, type: GraphQLNamedType, pageSize: number): number {
    if (!isList(field)) return 1;
    if (field.name === 'edges') return pageSize;
    if (!isIntrospectionType(type)) return 1;
    return field.name === 'types' ? Object.keys(this.schema.getTypeMap()).length : INTROSPECTION_ROWS;
  }

  /** A `first` out of range counts as the largest page; the resolver of the page refuses it. */
  private pageSizeOf(node: FieldNode, field: Field): number {
    if (!field.args.some(({ name }) => name === 'first')) return 1;
    const first = this.valueOf(node.arguments?.find(({ name }) => name.value === 'first')?.value);
    const { default: usual, max } = LIMITS.pageSize;
    if (first == null) return usual;
    return Number(first) >= 1 ? Math.min(Number(first), max) : max;
  }

  private valueOf(value: ValueNode | undefined): unknown {
    if (value?.kind === Kind.INT) return value.value;
    if (value?.kind !== Kind.VARIABLE) return undefined;
    const name = value.name.value;
    if (this.variables[name] !== undefined) return this.variables[name];
    const definition = this.operation.variableDefinitions?.find(
      ({ variable }) => variable.name.value === name,
    );
    return this.valueOf(definition?.defaultValue);
  }
}

type Field = GraphQLField<unknown, unknown>;

function fieldOf(type: GraphQLNamedType, name: string): Field | undefined {
  if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
}

/** Whether a field is a list of objects. */
export function isList({ type }: Field): boolean {
  const named = getNamedType(type);
  return isListType(getNullableType(type)) && (isObjectType(named) || isAbstractType(named));
}

const isReading = (field: Field, type: GraphQLNamedType): boolean =>
  field.resolve !== undefined && !isList(field) && !isIntrospectionType(type);
