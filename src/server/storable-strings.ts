import { type ASTVisitor, GraphQLError, type ValidationContext } from 'graphql';
import { LIMITS } from '../graphql/limits';

/** A validation rule: strings in a document keep to the same limits as those in variables. */
export function storableStrings(context: ValidationContext): ASTVisitor {
  return {
    StringValue(node) {
      const problem = stringProblem(node.value);
      if (problem) context.reportError(new GraphQLError(`A string ${problem}`, { nodes: node }));
    },
  };
}

/** Why no column of the database should or could hold a string; undefined where one may. */
export function stringProblem(text: string): string | undefined {
  if (text.length > LIMITS.stringLength)
    return `has ${text.length} characters; the limit is ${LIMITS.stringLength}`;
  return text.includes('\0') ? 'has a NUL character' : undefined;
}
