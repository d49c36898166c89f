import { ApolloArmor } from '@escape.tech/graphql-armor';
import {
  type ASTVisitor,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  parse,
  specifiedRules,
  type ValidationContext,
  type ValidationRule,
  validate,
} from 'graphql';
import { ErrorCode } from '../errors';
import { LIMITS } from '../limits';

export type Verdict = { document: DocumentNode; errors?: undefined } | { errors: readonly GraphQLError[] };

/**
 * What an operation must keep to, on whichever transport it comes. HTTP hands `parseOptions` and `rules` to Apollo; a
 * WebSocket bypasses Apollo and asks `admit`. Both ask `checkVariables`.
 */
export class OperationGuard {
  readonly parseOptions = { maxTokens: LIMITS.tokens };
  readonly rules: ValidationRule[];
  /** least recently used first */
  private readonly admitted = new Map<string, DocumentNode>();

  constructor(private readonly schema: GraphQLSchema) {
    const armor = new ApolloArmor({
      maxDepth: { n: LIMITS.depth, flattenFragments: true },
      maxAliases: { n: LIMITS.aliases },
      maxDirectives: { n: LIMITS.directives },
      costLimit: { maxCost: LIMITS.cost, flattenFragments: true },
    });
    this.rules = [...armor.protect().validationRules, storableStrings];
  }

  /** Parses and validates a document; one that was admitted before is not looked at again. */
  admit(source: string): Verdict {
    const known = this.admitted.get(source);
    if (known) {
      this.admitted.delete(source);
      this.admitted.set(source, known);
      return { document: known };
    }
    const verdict = this.judge(source);
    if (verdict.errors) return verdict;
    this.admitted.set(source, verdict.document);
    if (this.admitted.size > LIMITS.cachedDocuments)
      for (const oldest of this.admitted.keys()) {
        this.admitted.delete(oldest);
        break;
      }
    return verdict;
  }

  private judge(source: string): Verdict {
    let document: DocumentNode;
    try {
      document = parse(source, this.parseOptions);
    } catch (error) {
      return { errors: [withCode(error as GraphQLError, ErrorCode.GRAPHQL_PARSE_FAILED)] };
    }
    const errors = validate(this.schema, document, [...specifiedRules, ...this.rules]);
    if (errors.length === 0) return { document };
    return { errors: errors.map((error) => withCode(error, ErrorCode.GRAPHQL_VALIDATION_FAILED)) };
  }
}

function withCode(error: GraphQLError, code: string): GraphQLError {
  error.extensions.code ??= code;
  return error;
}

/** The same for strings written into a document as for those in variables. */
function storableStrings(context: ValidationContext): ASTVisitor {
  return {
    StringValue(node) {
      const problem = stringProblem(node.value);
      if (problem) context.reportError(new GraphQLError(`A string ${problem}`, { nodes: node }));
    },
  };
}

/**
 * Refuses strings that no database column could hold or that are longer than anything means, and values nested deeper than
 * any input type.
 * @throws GraphQLError BAD_USER_INPUT that names the place, never the value
 */
export function checkVariables(value: unknown, path = 'variables', level = 0): void {
  if (typeof value === 'string') {
    const problem = stringProblem(value);
    if (problem) throw refused(`${path} ${problem}`);
  } else if (typeof value === 'object' && value !== null) {
    if (level > LIMITS.depth) throw refused(`variables are nested deeper than ${LIMITS.depth} levels`);
    for (const key in value)
      checkVariables((value as Record<string, unknown>)[key], `${path}.${key}`, level + 1);
  }
}

function refused(message: string): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code: ErrorCode.BAD_USER_INPUT, http: { status: 400 } },
  });
}

function stringProblem(text: string): string | undefined {
  if (text.length > LIMITS.stringLength)
    return `has ${text.length} characters; the limit is ${LIMITS.stringLength}`;
  return text.includes('\0') ? 'has a NUL character' : undefined;
}
