export interface DaxReferences {
  columns: { table: string; column: string }[];
  tables: string[];
  measures: string[];
  functions: string[];
}

const TOKEN = new RegExp(
  [
    '"(?:[^"]|"")*"',
    String.raw`'(?:[^']|'')*'\[[^\]]+\]`,
    `'(?:[^']|'')*'`,
    String.raw`\[[^\]]+\]`,
    String.raw`[A-Za-z][\w.]*`,
    String.raw`\d+(?:\.\d+)?`,
    '<=|>=|<>|&&|\\|\\||[-+*/=<>(),&]',
  ].join('|'),
  'y',
);
const KEYWORDS = new Set(['VAR', 'RETURN', 'NOT', 'IN']);

/**
 * The columns, tables, measures and functions that a DAX expression names.
 * @throws Error for a character that DAX does not know, for unbalanced parentheses, and for a name that is
 *   neither a function nor a variable
 */
export function daxReferences(expression: string): DaxReferences {
  const found: DaxReferences = { columns: [], tables: [], measures: [], functions: [] };
  const variables = new Set([...expression.matchAll(/\bVAR (\w+)/g)].map(([, name]) => name as string));
  let depth = 0;
  const tokens = daxTokens(expression);
  for (const [index, text] of tokens.entries()) {
    if (text === '(') depth += 1;
    if (text === ')' && --depth < 0) throw new Error(`A parenthesis too many: ${expression}`);
    const [, table, column] = /^'(.+)'\[(.+)\]$/s.exec(text) ?? [];
    if (table !== undefined && column !== undefined) found.columns.push({ table, column });
    else if (text.startsWith("'")) found.tables.push(text.slice(1, -1));
    else if (text.startsWith('[')) found.measures.push(text.slice(1, -1));
    else if (/^[A-Za-z]/.test(text)) {
      if (KEYWORDS.has(text) || variables.has(text)) continue;
      if (tokens[index + 1] !== '(') throw new Error(`Neither function nor variable: ${text}`);
      found.functions.push(text);
    }
  }
  if (depth !== 0) throw new Error(`A parenthesis too few: ${expression}`);
  return found;
}

/** @throws Error with the rest of the text, from the first character that is not DAX */
function daxTokens(expression: string): string[] {
  const all: string[] = [];
  for (let at = 0; at < expression.length; ) {
    const [blank = ''] = /^\s+/.exec(expression.slice(at)) ?? [];
    at += blank.length;
    if (at >= expression.length) break;
    TOKEN.lastIndex = at;
    const [text] = TOKEN.exec(expression) ?? [];
    if (text === undefined) throw new Error(`Not DAX from here on: ${expression.slice(at)}`);
    all.push(text);
    at += text.length;
  }
  return all;
}
