import { ApolloArmor } from '@escape.tech/graphql-armor';
import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  parse,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import { tooCostly } from '../graphql/cost/budget';
import { OperationCost } from '../graphql/cost/operation-cost';
import { ErrorCode } from '../graphql/errors';
import { LIMITS } from '../graphql/limits';
import { asBadRequest, checkVariables } from './check-variables';
import { conditionalSubscription } from './conditional-subscription';
import { DocumentCache } from './document-cache';
import { storableStrings } from './storable-strings';

export type Verdict = { document: DocumentNode; errors?: undefined } | { errors: readonly GraphQLError[] };

/**
 * The rules that every operation keeps, on both transports. Over HTTP, Apollo parses and validates with
 * `parseOptions` and `rules`; over WebSocket, which bypasses Apollo, `admit` does. Both ask `admitOperation`.
 */
export class OperationGuard {
  readonly parseOptions = { maxTokens: LIMITS.tokens };
  readonly rules: ValidationRule[];
  readonly documents = new DocumentCache();

  constructor(private readonly schema: GraphQLSchema) {
    const armor = new ApolloArmor({
      maxDepth: { n: LIMITS.depth, flattenFragments: true },
      // Unless told otherwise, aliases of `__typename` are not counted.
      maxAliases: { n: LIMITS.aliases, allowList: [] },
      maxDirectives: { n: LIMITS.directives },
      costLimit: { enabled: false },
    });
    this.rules = [...armor.protect().validationRules, storableStrings];
  }

  /** Parses and validates a document, unless it was admitted before. */
  admit(source: string): Verdict {
    const known = this.documents.find(source);
    if (known) return { document: known };
    const verdict = this.judge(source);
    if (!verdict.errors) this.documents.keep(source, verdict.document);
    return verdict;
  }

  /**
   * Judges an operation before it runs, and so before it reads anything.
   * @param document one that was admitted
   * @returns what it costs; undefined where the document has no such operation
   * @throws GraphQLError BAD_USER_INPUT for variables that no operation takes, or an operation that costs too
   *   much
   */
  admitOperation(
    document: DocumentNode,
    operationName: string | null | undefined,
    variables: Record<string, unknown> | null | undefined,
  ): OperationCost | undefined {
    checkVariables(variables);
    const operation = getOperationAST(document, operationName);
    if (!operation) return undefined;
    const cost = new OperationCost(this.schema, document, operation, variables ?? {});
    if (cost.total > LIMITS.cost) throw asBadRequest(tooCostly(cost.total));
    return cost;
  }

  private judge(source: string): Verdict {
    let document: DocumentNode;
    try {
      document = parse(source, this.parseOptions);
    } catch (error) {
      return { errors: [withCode(error as GraphQLError, ErrorCode.GRAPHQL_PARSE_FAILED)] };
    }
    const conditional = conditionalSubscription(document);
    if (conditional) return { errors: [conditional] };
    const errors = validate(this.schema, document, [...specifiedRules, ...this.rules]);
    if (errors.length === 0) return { document };
    return { errors: errors.map((error) => withCode(error, ErrorCode.GRAPHQL_VALIDATION_FAILED)) };
  }
}

function withCode(error: GraphQLError, code: string): GraphQLError {
  error.extensions.code ??= code;
  return error;
}
