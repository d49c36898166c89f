import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { snippetsOf } from './snippets';

const ROOT = join(__dirname, '../..');

/** The pages whose snippets a user pastes, as paths in the project. */
export const PAGES = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)];

export const SNIPPETS = PAGES.flatMap((page) => snippetsOf(readFileSync(join(ROOT, page), 'utf8')));

/** How a snippet is tried; each is of exactly one kind. */
const KINDS: Record<string, RegExp> = {
  // These would install, or need Docker or Java. Only the names of the scripts are checked.
  script: /^npm /,
  docker: /^(docker|sh deploy\/make-env\.sh) /,
  curl: /^curl /,
  import: /(^| )npx tidemark import /,
  warehouse: /npx tidemark warehouse load/,
  lake: /^npx tidemark export (snapshots|compact|verify)/,
  mutation: /^mutation /,
  query: /^query /,
  subscription: /^subscription /,
  // Real Spark runs the job in its own suite. Only the names of its commands are checked.
  spark: /^spark-submit /,
  python: /^from pyiceberg/,
  layout: /^title: /,
  picture: /^(flowchart|erDiagram)/,
};

/** The kinds that a snippet is of. */
export const kindsOf = (text: string): string[] =>
  Object.entries(KINDS).flatMap(([kind, pattern]) => (pattern.test(text) ? [kind] : []));

/** The snippets of a kind, of which there must be some. */
export function ofKind(kind: string): string[] {
  const found = SNIPPETS.filter(({ text }) => kindsOf(text).includes(kind)).map(({ text }) => text);
  expect(found).not.toEqual([]);
  return found;
}

/** The first of a kind. */
export const theOne = (kind: string): string => ofKind(kind)[0] as string;
