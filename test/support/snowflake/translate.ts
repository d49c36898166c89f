/** Rewrites the Snowflake SQL of this project for DuckDB. Everything else means the same in both. */
const RULES: readonly [RegExp, string][] = [
  [/\bNUMBER\((\d+), (\d+)\)/g, 'DECIMAL($1, $2)'],
  [/\bTIMESTAMP_NTZ\(6\)/g, 'TIMESTAMP'],
  [/(\w) ARRAY\b/g, '$1 VARCHAR[]'],
  [/\bTO_JSON\((\w+)\)/g, 'CAST(to_json($1) AS VARCHAR)'],
  [/\bTO_NUMBER\((SUBSTR\(MD5\(.*?\), 1, 12\)), 'X{12}'\)/g, "CAST('0x' || $1 AS BIGINT)"],
  [/\bCREATE TRANSIENT TABLE\b/g, 'CREATE TABLE'],
  [/ COPY GRANTS\b/g, ''],
  [/\bt\.comment AS table_comment\b/g, 't.TABLE_COMMENT AS table_comment'],
  [/\bc\.comment AS column_comment\b/g, 'c.COLUMN_COMMENT AS column_comment'],
];

export function toDuckDb(sql: string): string {
  const { bare, comments } = takeComments(sql);
  const translated = RULES.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), bare);
  return [translated, ...comments].join(';\n');
}

const HEAD = /^CREATE (?:OR REPLACE )?(?:TRANSIENT )?(TABLE|VIEW) (?:IF NOT EXISTS )?(\w+)/;

/** DuckDB takes comments in statements of their own only. */
function takeComments(sql: string): { bare: string; comments: string[] } {
  const [, kind, name] = HEAD.exec(sql) ?? [];
  if (kind === undefined) return { bare: sql, comments: [] };
  const comments: string[] = [];
  // The query of a view is left alone: it may have COMMENT in a literal.
  const end = kind === 'VIEW' ? sql.search(/\sAS\nSELECT/) : sql.length;
  const bare = sql
    .slice(0, end)
    .replace(
      /^( *\w+)([^\n]*?) COMMENT ('(?:[^']|'')*')/gm,
      (_, column: string, type: string, text: string) => {
        comments.push(`COMMENT ON COLUMN ${name}.${column.trim()} IS ${text}`);
        return `${column}${type}`;
      },
    )
    .replace(/ COMMENT = ('(?:[^']|'')*')/, (_, text: string) => {
      comments.push(`COMMENT ON ${kind} ${name} IS ${text}`);
      return '';
    });
  return { bare: bare + sql.slice(end), comments };
}

/** What the double does for a statement. */
export type Command =
  | { kind: 'sql'; sql: string; ddl: boolean; usesWarehouse: boolean }
  | { kind: 'transaction'; verb: 'BEGIN' | 'COMMIT' | 'ROLLBACK'; name: string | undefined }
  | { kind: 'session'; parameters: Record<string, string> }
  | { kind: 'stage'; name: string; url: string | undefined; replace: boolean }
  | { kind: 'format' }
  | { kind: 'copy'; table: string; stage: string; folder: string; files: string[]; purge: boolean }
  | { kind: 'put'; source: string; stage: string; folder: string }
  | { kind: 'remove'; stage: string; folder: string }
  | { kind: 'list'; stage: string }
  | { kind: 'transactions' }
  | { kind: 'tables'; like: string }
  | { kind: 'abort'; transaction: string };

const IN_QUOTES = /'((?:[^']|'')*)'/;

/** @throws Error for a statement that the double does not know */
export function parse(sql: string): Command {
  const text = sql.trim();
  const [, first = ''] = /^(\w+)/.exec(text) ?? [];
  const verb = first.toUpperCase();
  switch (verb) {
    case 'BEGIN':
      return { kind: 'transaction', verb, name: /^BEGIN TRANSACTION NAME (\w+)$/.exec(text)?.[1] };
    case 'COMMIT':
    case 'ROLLBACK':
      return { kind: 'transaction', verb, name: undefined };
    case 'ALTER':
      return { kind: 'session', parameters: parametersOf(text) };
    case 'COPY':
      return copyOf(text);
    case 'PUT': {
      const [, source = '', stage = '', folder = ''] =
        /^PUT '(file:\/\/[^']+)' @(\w+)\/(\S*)/.exec(text) ?? [];
      return { kind: 'put', source: source.slice('file://'.length), stage, folder };
    }
    case 'REMOVE': {
      const [, stage = '', folder = ''] = /^REMOVE @(\w+)\/(\S+)/.exec(text) ?? [];
      return { kind: 'remove', stage, folder };
    }
    case 'LIST':
      return { kind: 'list', stage: /^LIST @(\w+)$/.exec(text)?.[1] as string };
    case 'SHOW':
      if (text === 'SHOW TRANSACTIONS') return { kind: 'transactions' };
      if (/^SHOW TABLES LIKE '[^']+' IN SCHEMA \w+\.\w+$/.test(text))
        return { kind: 'tables', like: IN_QUOTES.exec(text)?.[1] as string };
      throw new Error(`SHOW of something else: ${text}`);
  }
  const stage = /^CREATE (OR REPLACE )?STAGE (?:IF NOT EXISTS )?(\w+)/.exec(text);
  if (stage)
    return {
      kind: 'stage',
      name: stage[2] as string,
      url: /URL = '([^']+)'/.exec(text)?.[1],
      replace: stage[1] !== undefined,
    };
  if (/^CREATE (?:OR REPLACE )?FILE FORMAT/.test(text)) return { kind: 'format' };
  const abort = /^SELECT SYSTEM\$ABORT_TRANSACTION\((\d+)\)/.exec(text);
  if (abort) return { kind: 'abort', transaction: abort[1] as string };
  const ddl = verb === 'CREATE' || verb === 'DROP' || verb === 'COMMENT';
  return {
    kind: 'sql',
    sql: toDuckDb(text),
    ddl,
    usesWarehouse: !ddl && /\b(FROM|INTO|UPDATE)\b/i.test(text),
  };
}

function parametersOf(sql: string): Record<string, string> {
  const pairs = sql.matchAll(/(\w+) = (?:'((?:[^']|'')*)'|(\w+))/g);
  return Object.fromEntries([...pairs].map(([, name = '', quoted, bare]) => [name, quoted ?? bare ?? '']));
}

function copyOf(sql: string): Command {
  const [, table = '', stage = '', folder = ''] = /^COPY INTO (\w+)\s+FROM @(\w+)\/?(\S*)/.exec(sql) ?? [];
  const [, list = ''] = /FILES = \(([^)]*)\)/.exec(sql) ?? [];
  const files = list.split(/,\s*/).map((quoted) => (IN_QUOTES.exec(quoted)?.[1] ?? '').replaceAll("''", "'"));
  if (!/MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE/.test(sql))
    throw new Error('COPY by place is not known here');
  return { kind: 'copy', table, stage, folder, files, purge: /PURGE = TRUE/.test(sql) };
}
