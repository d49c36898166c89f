import type { GraphQLError } from 'graphql';
import { badUserInput } from '../graphql/errors';
import { LIMITS } from '../graphql/limits';
import { stringProblem } from './storable-strings';

/**
 * Refuses strings that no column of the database could hold, or that are too long to mean anything. Refuses
 * values nested deeper than any input type, and more values than any input has: GraphQL would visit each
 * several times before a command counts them.
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
  /** it is a problem of all variables together, not of the value at `path` */
  ofAll: boolean;
  /** keys that lead to the value, from the outermost */
  path: string[];
}

const problem = (message: string, ofAll = false): Problem => ({ message, ofAll, path: [] });

/** Over HTTP the answer to it has status 400. */
export function asBadRequest(error: GraphQLError): GraphQLError {
  error.extensions.http = { status: 400 };
  return error;
}
