import {
  defaultFieldResolver,
  type GraphQLSchema,
  getNamedType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';
import type { OperationContext } from '../context';
import { isList } from './operation-cost';

/**
 * Makes every list of objects charge its operation's budget with its rows before they are answered. Pages do
 * not: the guard has charged them already, with the most rows that they may have.
 */
export function chargeLists(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (!isList(field) || field.name === 'edges') continue;
      const rowType = getNamedType(field.type);
      const resolve = field.resolve ?? defaultFieldResolver;
      const charged = <T>(
        rows: T,
        context: OperationContext,
        nodes: Parameters<typeof resolve>[3]['fieldNodes'],
      ): T => {
        if (Array.isArray(rows)) context.budget.spend(rows.length, rowType, nodes);
        return rows;
      };
      field.resolve = (source, args, context, info) => {
        const rows: unknown = resolve(source, args, context, info);
        return rows instanceof Promise
          ? rows.then((list) => charged(list, context, info.fieldNodes))
          : charged(rows, context, info.fieldNodes);
      };
    }
  }
}
