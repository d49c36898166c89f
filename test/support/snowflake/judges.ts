import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pythonEnvironment } from '../python/environment';
import { describeWith } from '../suite';

const REQUIREMENTS = join(__dirname, 'requirements.txt');

/** Declares a suite that needs sqlglot and fakesnow. */
export function describeJudges(title: string, suite: () => void): void {
  describeWith([judgesPython], title, suite);
}

/** @throws Error that says why they cannot be installed */
export function judgesPython(): string {
  return join(pythonEnvironment('snowflake', REQUIREMENTS), 'bin/python');
}

/** The complaint of sqlglot's Snowflake dialect about each statement, or null. */
export const complaintsAbout = (statements: readonly string[]): Promise<(string | null)[]> =>
  ask({ parse: statements });

/** Runs statements in fakesnow and returns the rows of each query as text. */
export const runInFakesnow = (
  statements: readonly string[],
  queries: readonly string[],
): Promise<Record<string, string | null>[][]> => ask({ run: statements, queries });

async function ask<T>(question: object): Promise<T> {
  const child = spawn(judgesPython(), [join(__dirname, 'judges.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(question));
  const { answer, error } = JSON.parse(await text(child.stdout)) as { answer: T; error?: string };
  if (error) throw new Error(error);
  return answer;
}
