import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql';
import { ErrorCode } from '../graphql/errors';

/**
 * The rule that `@skip` and `@include` may not stand at the root of a subscription (GraphQL, September 2025,
 * section 5.2.4.1). GraphQL.js lacks it: its `validate` throws where a condition asks for a variable, and its
 * `subscribe` where no field is left.
 * @returns the error of a document that breaks it
 */
export function conditionalSubscription({ definitions }: DocumentNode): GraphQLError | undefined {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of definitions)
    if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  const looked = new Set<string>();
  const isConditional = ({ selections }: SelectionSetNode): boolean =>
    selections.some((selection) => {
      if (selection.directives?.some(({ name }) => CONDITIONS.includes(name.value))) return true;
      if (selection.kind === Kind.INLINE_FRAGMENT) return isConditional(selection.selectionSet);
      if (selection.kind === Kind.FIELD || looked.has(selection.name.value)) return false;
      looked.add(selection.name.value);
      const fragment = fragments.get(selection.name.value);
      return fragment !== undefined && isConditional(fragment.selectionSet);
    });
  const subscriptions = definitions.filter(
    (one) => one.kind === Kind.OPERATION_DEFINITION && one.operation === OperationTypeNode.SUBSCRIPTION,
  ) as OperationDefinitionNode[];
  if (!subscriptions.some(({ selectionSet }) => isConditional(selectionSet))) return undefined;
  return new GraphQLError('@skip and @include may not stand on the root field of a subscription', {
    extensions: { code: ErrorCode.GRAPHQL_VALIDATION_FAILED },
  });
}

const CONDITIONS = ['skip', 'include'];
