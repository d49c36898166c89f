import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Specs, and the behaviour suites that specs run, may reach into test/support. */
const isSpec = (file: string) => /\.spec\.ts$|\.features\.ts$|[\\/]features[\\/]/.test(file);

/** Files of the program in a folder, as absolute paths, without specs. */
export function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !isSpec(file))
    .sort();
}

/** What a file imports, as it is written there. */
export function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const pattern = /(?:\bfrom\s+|\bimport\(\s*|\brequire\(\s*|^import\s+)['"]([^'"]+)['"]/gm;
  return [...text.matchAll(pattern)].map(([, from]) => from as string);
}

/** The file that a relative import leads to. @throws Error where there is none */
export function importedFile(file: string, from: string): string {
  const target = path.resolve(path.dirname(file), from.replace(/\.js$/, ''));
  const found = [`${target}.ts`, path.join(target, 'index.ts')].find((each) =>
    statSync(each, { throwIfNoEntry: false })?.isFile(),
  );
  if (found === undefined) throw new Error(`${file} imports ${from}, which is no file`);
  return found;
}

/**
 * Circles in a graph: each with the nodes that reach one another (Tarjan's strongly connected components).
 * @param graph nodes, each with those that it leads to
 */
export function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const trail: string[] = [];
  const visit = (node: string): void => {
    order.set(node, order.size);
    lowest.set(node, order.get(node) as number);
    trail.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) visit(next);
      if (trail.includes(next))
        lowest.set(node, Math.min(lowest.get(node) as number, lowest.get(next) as number));
    }
    if (lowest.get(node) !== order.get(node)) return;
    const circle = trail.splice(trail.indexOf(node));
    if (circle.length > 1 || graph.get(node)?.includes(node)) found.push(circle.sort());
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return found;
}
