import {
  type FieldNode,
  type GraphQLResolveInfo,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import type { OrderParts } from '../queries/order-view';

/** The fields below a resolver as 'Type.field', at any depth, also those that a directive may leave out. */
export type Selection = ReadonlySet<string>;

/** Selections by node: documents are cached, so the same nodes come with every request. */
const selections = new WeakMap<FieldNode, Selection>();

/** The selection below a field. */
export function selectionOf(info: GraphQLResolveInfo): Selection {
  const [node] = info.fieldNodes;
  const known = node && info.fieldNodes.length === 1 ? selections.get(node) : undefined;
  if (known) return known;
  const selection = new Set<string>();
  const typeName = getNamedType(info.returnType).name;
  for (const field of info.fieldNodes) collect(info, typeName, field.selectionSet, selection);
  if (node && info.fieldNodes.length === 1) selections.set(node, selection);
  return selection;
}

function collect(
  info: GraphQLResolveInfo,
  typeName: string,
  selectionSet: SelectionSetNode | undefined,
  into: Set<string>,
): void {
  for (const selection of selectionSet?.selections ?? []) {
    if (selection.kind === Kind.FIELD) {
      into.add(`${typeName}.${selection.name.value}`);
      const type = info.schema.getType(typeName);
      const field =
        isObjectType(type) || (isAbstractType(type) && 'getFields' in type)
          ? type.getFields()[selection.name.value]
          : undefined;
      if (field) collect(info, getNamedType(field.type).name, selection.selectionSet, into);
    } else {
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : info.fragments[selection.name.value];
      const condition = fragment?.typeCondition?.name.value ?? typeName;
      collect(info, condition, fragment?.selectionSet, into);
    }
  }
}

/** Whether nothing but these fields is asked for. */
export function asksOnlyFor(info: GraphQLResolveInfo, ...fields: string[]): boolean {
  const type = getNamedType(info.returnType).name;
  const enough = new Set([...fields, '__typename'].map((field) => `${type}.${field}`));
  return [...selectionOf(info)].every((field) => enough.has(field));
}

/** The large parts of an order that are asked for. */
export function orderPartsOf(info: GraphQLResolveInfo): OrderParts {
  const selection = selectionOf(info);
  return { lines: selection.has('Order.lines'), history: selection.has('Order.history') };
}
