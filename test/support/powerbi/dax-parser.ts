import { daxTokens } from './dax';

/** A column as `table[column]`. */
export type Expression =
  | { kind: 'value'; value: number | string }
  | { kind: 'column'; column: string }
  | { kind: 'table'; table: string }
  | { kind: 'measure'; measure: string }
  | { kind: 'variable'; name: string }
  | { kind: 'not'; of: Expression }
  | { kind: 'operation'; operator: string; left: Expression; right: Expression }
  | { kind: 'call'; name: string; args: Expression[] }
  | { kind: 'let'; variables: { name: string; value: Expression }[]; result: Expression };

/** Operators from the loosest to the tightest. */
const LEVELS = [['||'], ['&&'], ['NOT'], ['=', '<>', '<', '<=', '>', '>=', 'IN'], ['+', '-'], ['*', '/']];

/** @throws Error for what is not an expression in DAX, as far as measures use it */
export function parseDax(text: string): Expression {
  const tokens = daxTokens(text);
  let at = 0;
  const take = (wanted?: string): string => {
    const token = tokens[at++];
    if (token === undefined || (wanted !== undefined && token !== wanted))
      throw new Error(`${wanted ?? 'more'} is missing at ${tokens.slice(at - 1).join(' ')} of: ${text}`);
    return token;
  };

  function level(depth: number): Expression {
    const operators = LEVELS[depth];
    if (!operators) return primary();
    if (operators.includes('NOT')) {
      if (tokens[at] !== 'NOT') return level(depth + 1);
      take();
      return { kind: 'not', of: level(depth) };
    }
    let left = level(depth + 1);
    while (operators.includes(tokens[at] ?? '')) {
      left = { kind: 'operation', operator: take(), left, right: level(depth + 1) };
    }
    return left;
  }

  function primary(): Expression {
    if (tokens[at] === 'VAR') return variables();
    const token = take();
    if (token === '(') {
      const inner = level(0);
      take(')');
      return inner;
    }
    if (/^\d/.test(token)) return { kind: 'value', value: Number(token) };
    if (token.startsWith('"')) return { kind: 'value', value: token.slice(1, -1).replaceAll('""', '"') };
    if (token.startsWith('[')) return { kind: 'measure', measure: token.slice(1, -1) };
    if (token.startsWith("'")) {
      const [, table = '', column] = /^'(.*)'(?:\[(.*)\])?$/.exec(token) ?? [];
      return column === undefined
        ? { kind: 'table', table }
        : { kind: 'column', column: `${table}[${column}]` };
    }
    if (!/^[A-Za-z]/.test(token)) throw new Error(`${token} cannot stand here: ${text}`);
    return tokens[at] === '('
      ? { kind: 'call', name: token, args: args() }
      : { kind: 'variable', name: token };
  }

  function args(): Expression[] {
    const found: Expression[] = [];
    take('(');
    while (tokens[at] !== ')') {
      if (found.length > 0) take(',');
      found.push(level(0));
    }
    take(')');
    return found;
  }

  function variables(): Expression {
    const found: { name: string; value: Expression }[] = [];
    while (tokens[at] === 'VAR') {
      take();
      const name = take();
      take('=');
      found.push({ name, value: level(0) });
    }
    take('RETURN');
    return { kind: 'let', variables: found, result: level(0) };
  }

  const parsed = level(0);
  if (at < tokens.length) throw new Error(`${tokens[at]} is left over in: ${text}`);
  return parsed;
}
