import { readFileSync } from 'node:fs';
import { ConfigError } from './errors';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads variables and collects what is wrong with them. An empty variable counts as absent. */
export interface ConfigReader {
  /** undefined where the variable is absent */
  value(name: string): string | undefined;
  /** undefined where the variable is absent, or bad, which is then reported with what is `allowed` */
  check<T>(name: string, parse: (text: string) => T | undefined, allowed: string): T | undefined;
  /** The text of the file that a variable names; undefined where it is absent or cannot be read. */
  file(name: string): string | undefined;
  report(problem: string): void;
  /** @throws ConfigError that lists every reported problem */
  throwIfBad(): void;
}

export function createConfigReader(env: Environment): ConfigReader {
  const problems: string[] = [];
  const report = (problem: string) => void problems.push(problem);
  const value = (name: string) => env[name]?.trim() || undefined;
  return {
    value,
    report,
    check(name, parse, allowed) {
      const text = value(name);
      if (text === undefined) return undefined;
      const parsed = parse(text);
      if (parsed === undefined) report(`${name}=${shown(name, text)} is not allowed: ${allowed}`);
      return parsed;
    },
    file(name) {
      const path = value(name);
      if (path === undefined) return undefined;
      try {
        return readFileSync(path, 'utf8');
      } catch (error) {
        report(`${name}=${path} cannot be read: ${(error as Error).message}`);
        return undefined;
      }
    },
    throwIfBad() {
      if (problems.length > 0) throw new ConfigError(problems);
    },
  };
}

/** A connection string may hold a password, which must not be printed. */
function shown(name: string, text: string): string {
  return name === 'DATABASE_URL' ? text.replace(/:\/\/[^@/]*@/, '://***@') : text;
}

/** @returns a parser that takes the words of `allowed` and no other */
export const oneOf =
  <T extends string>(allowed: readonly T[]) =>
  (text: string): T | undefined =>
    allowed.find((item) => item === text);

/** @returns a parser of whole numbers from 1 to `most`, which has at most six digits */
export const parseCount =
  (most: number) =>
  (text: string): number | undefined =>
    /^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= most ? Number(text) : undefined;

export function parseBoolean(text: string): boolean | undefined {
  return text === 'true' ? true : text === 'false' ? false : undefined;
}

export function parseHttpUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && /^https?:$/.test(url.protocol) ? url : undefined;
}
