import { DefaultSettings, TaskUtils } from '@microsoft/powerquery-parser';

/**
 * The free names of an expression in M: other queries, and the functions and types of the library, which have
 * a dot in their name.
 * @throws Error when Microsoft's parser of M refuses the expression
 */
export async function freeNamesOfM(expression: string): Promise<{ queries: string[]; library: string[] }> {
  const task = await TaskUtils.tryLexParse(DefaultSettings, expression);
  if (!TaskUtils.isParseStageOk(task)) {
    throw new Error(`Not M: ${task.error.message}\n${expression}`);
  }
  const nodes = [...task.nodeIdMapCollection.astNodeById.values()];
  const bound = new Set<string>(['_']);
  const used = new Set<string>();
  for (const node of nodes) {
    if (node.kind === 'IdentifierPairedExpression') bound.add(node.key.literal);
    if (node.kind === 'Parameter') bound.add(node.name.literal);
    if (node.kind === 'IdentifierExpression') used.add(node.identifier.literal);
  }
  const free = [...used].filter((name) => !bound.has(name)).sort();
  return {
    queries: free.filter((name) => !name.includes('.')),
    library: free.filter((name) => name.includes('.')),
  };
}
