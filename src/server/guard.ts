import { ApolloArmor } from '@escape.tech/graphql-armor';
import {
  type ASTVisitor,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  parse,
  specifiedRules,
  type ValidationContext,
  type ValidationRule,
  validate,
} from 'graphql';
import { tooCostly } from '../graphql/cost/budget';
import { OperationCost } from '../graphql/cost/operation-cost';
import { badUserInput, ErrorCode } from '../graphql/errors';
import { LIMITS } from '../graphql/limits';
import { conditionalSubscription } from './conditional-subscription';
import { DocumentCache } from './document-cache';

export type Verdict = { document: DocumentNode; errors?: undefined } | { errors: readonly GraphQLError[] };

/**
 * What an operation must keep to, on whichever transport it comes. HTTP hands `parseOptions` and `rules` to
 * Apollo; a WebSocket bypasses Apollo and asks `admit`. Both ask `admitOperation`.
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

  /** Parses and validates a document; one that was admitted before is not looked at again. */
  admit(source: string): Verdict {
    const known = this.documents.find(source);
    if (known) return { document: known };
    const verdict = this.judge(source);
    if (!verdict.errors) this.documents.keep(source, verdict.document);
    return verdict;
  }

  /**
   * Judges what is about to run, before anything is read for it.
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
 * Refuses strings that no database column could hold or that are longer than anything means, values nested
 * deeper than any input type, and more of them than any input has: GraphQL would look at each several times
 * before a command counts them.
 * @throws GraphQLError BAD_USER_INPUT that names the place, never the value
 */
export function checkVariables(variables: unknown): void {
  let values = 0;
  const check = (value: unknown, level: number): Problem | undefined => {
    values += 1;
    if (values > LIMITS.variableValues)
      return problem(`have more than ${LIMITS.variableValues} values`, true);
    if (typeof value === 'string') {
      const found = stringProblem(value);
      return found === undefined ? undefined : problem(found);
    }
    if (typeof value !== 'object' || value === null) return undefined;
    if (level > LIMITS.depth) return problem(`are nested deeper than ${LIMITS.depth} levels`, true);
    if (Array.isArray(value) && value.length > LIMITS.listEntries)
      return problem(`has ${value.length} entries; the limit is ${LIMITS.listEntries}`);
    for (const key in value) {
      const found = check((value as Record<string, unknown>)[key], level + 1);
      if (!found) continue;
      found.path.unshift(key);
      return found;
    }
    return undefined;
  };
  const found = check(variables, 0);
  if (!found) return;
  const place = found.ofAll ? 'variables' : ['variables', ...found.path].join('.');
  throw asBadRequest(badUserInput(`${place} ${found.message}`));
}

interface Problem {
  message: string;
  /** the problem is not that of one value */
  ofAll: boolean;
  path: string[];
}

const problem = (message: string, ofAll = false): Problem => ({ message, ofAll, path: [] });

function asBadRequest(error: GraphQLError): GraphQLError {
  error.extensions.http = { status: 400 };
  return error;
}

function stringProblem(text: string): string | undefined {
  if (text.length > LIMITS.stringLength)
    return `has ${text.length} characters; the limit is ${LIMITS.stringLength}`;
  return text.includes('\0') ? 'has a NUL character' : undefined;
}
