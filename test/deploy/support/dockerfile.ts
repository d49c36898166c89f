import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Copy, DockerfileParser, type JSONInstruction } from 'dockerfile-ast';
import { ROOT } from './compose-file';

export const dockerfile = DockerfileParser.parse(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'));

/** The words of an instruction that is written as a JSON array. */
export function words(instruction: JSONInstruction | undefined): string[] {
  return instruction?.getJSONStrings().map((word) => word.getJSONValue()) ?? [];
}

/** Variables of the image. */
export const imageEnvironment = (): Record<string, string | undefined> =>
  Object.fromEntries(
    dockerfile
      .getENVs()
      .flatMap((env) => env.getProperties())
      .map((property) => [property.getName(), property.getValue() ?? undefined]),
  );

/** The folder of the image that is to be kept. */
export const dataFolder = (): string => imageEnvironment().TIDEMARK_DATA_DIR ?? '';

/** What is copied from the source tree: not what comes from another stage. */
export function copiedSources(): string[] {
  return dockerfile
    .getCOPYs()
    .filter((copy) => copy.getFromFlag() === null)
    .flatMap((copy: Copy) => copy.getArguments().slice(0, -1))
    .map((argument) => argument.getValue());
}

/**
 * Whether .dockerignore keeps a file or folder out of the build: the last pattern that fits it or a folder
 * above decides.
 */
export function isIgnored(path: string): boolean {
  const patterns = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const parts = path.split('/');
  const paths = parts.map((_, i) => parts.slice(0, i + 1).join('/'));
  const last = patterns.findLast((pattern) => paths.some((part) => toExpression(pattern).test(part)));
  return last !== undefined && !last.startsWith('!');
}

function toExpression(pattern: string): RegExp {
  const source = pattern
    .replace(/^!/, '')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/|\*/g, (stars) => (stars === '*' ? '[^/]*' : '(?:.*/)?'));
  return new RegExp(`^${source}$`);
}
