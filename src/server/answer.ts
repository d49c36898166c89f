import type { GraphQLError } from 'graphql';
import { nextTurn } from '../concurrency/next-turn';
import { badUserInput } from '../graphql/errors';
import { LIMITS } from '../graphql/limits';

/** Below this many characters an answer is written at once. */
const SMALL = 64 * 1024;

/**
 * Bounds the length of an answer: its cost does not count how often it repeats long names and texts. To be
 * called between running an operation and writing its answer as JSON. Before a large answer is written, other
 * operations have a turn.
 * @returns why the answer is refused; undefined for one that is short enough
 */
export async function beforeWriting(answer: unknown): Promise<GraphQLError | undefined> {
  const length = lengthOf(answer);
  if (length > LIMITS.answerLength) return tooLong(length);
  if (length > SMALL) await nextTurn();
  return undefined;
}

/** UTF-16 units of all names and texts; other values count as 8. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let length = 0;
  if (Array.isArray(value)) for (const entry of value) length += lengthOf(entry);
  else for (const name in value) length += name.length + lengthOf((value as Record<string, unknown>)[name]);
  return length;
}

function tooLong(length: number): GraphQLError {
  return badUserInput(
    `This answer has ${length} characters, and ${LIMITS.answerLength} are allowed: ` +
      'ask for fewer rows with `first`, or for fewer fields',
    { length, limit: LIMITS.answerLength },
  );
}
