/** An object of a TMDL file. */
export interface TmdlNode {
  kind: string;
  name?: string;
  doc: string[];
  /** the text after `=`; of several lines, without their indentation */
  value?: string;
  properties: Map<string, string>;
  children: TmdlNode[];
}

/** The kinds of children that a file, or an object of a kind, may have. */
const CHILDREN: Record<string, readonly string[]> = {
  file: ['database', 'model', 'ref table', 'table', 'relationship', 'expression', 'annotation'],
  table: ['column', 'measure', 'hierarchy', 'partition', 'annotation'],
  column: ['annotation'],
  measure: ['annotation'],
  hierarchy: ['level', 'annotation'],
  level: ['annotation'],
  expression: ['annotation'],
  partition: ['annotation'],
};

/** Properties whose value is an expression, after `=`. */
const EXPRESSIONS = new Set(['source']);
const NAME = String.raw`'(?:[^']|'')*'|[^\s.=:']+`;
const KIND =
  'ref table|database|model|table|relationship|expression|' +
  'column|measure|hierarchy|level|partition|annotation';
const OBJECT = new RegExp(`^(${KIND}) (${NAME})(?: =(?: (.+))?)?$`);
const PROPERTY = /^([a-z][A-Za-z]*)(?:: (\S.*))?$/;

/**
 * Parses a TMDL file by the rules of its grammar: one tab for each level, quotes only around names that need
 * them, descriptions directly above their object, expressions of several lines deeper than the properties of
 * their object.
 * @throws Error naming the line that breaks a rule
 */
export function parseTmdl(text: string): TmdlNode[] {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new Error('The file does not end with a line break');
  const root: TmdlNode = { kind: 'file', doc: [], properties: new Map(), children: [] };
  const open: TmdlNode[] = [root];
  let doc: string[] = [];
  let at = 0;
  const refuse = (why: string): never => {
    throw new Error(`Line ${at + 1} ${why}: ${lines[at]}`);
  };

  /**
   * Takes the following lines that are at least this deep, with blank lines among them, and removes their
   * common indentation.
   */
  function expression(least: number): string {
    const depth = Math.max(least, /^\t*/.exec(lines[at + 1] ?? '')?.[0].length ?? 0);
    const tabs = '\t'.repeat(depth);
    const found: string[] = [];
    while (at + 1 < lines.length && ((lines[at + 1] as string).startsWith(tabs) || lines[at + 1] === '')) {
      at += 1;
      found.push((lines[at] as string).slice(depth));
    }
    while (found.at(-1) === '') {
      found.pop();
      at -= 1;
    }
    if (found.length === 0) refuse('begins an expression that does not follow');
    return found.join('\n');
  }

  for (; at < lines.length; at++) {
    const line = lines[at] as string;
    if (line === '') {
      if (doc.length > 0) refuse('parts a description from its object');
      continue;
    }
    const [, tabs = '', content = ''] = /^(\t*)(.*)$/.exec(line) ?? [];
    const depth = tabs.length;
    if (/^\s|\s$/.test(content)) refuse('has blanks at its begin or end');
    if (content.startsWith('/// ')) {
      doc.push(content.slice(4));
      continue;
    }
    const object = OBJECT.exec(content);
    if (object) {
      const [, kind = '', name = '', value] = object;
      if (depth >= open.length) refuse('is deeper than a child of the object above it');
      open.length = depth + 1;
      const parent = open[depth] as TmdlNode;
      if (!CHILDREN[parent.kind]?.includes(kind)) refuse(`is in a ${parent.kind}`);
      const node: TmdlNode = { kind, name: unquoted(name), doc, properties: new Map(), children: [] };
      doc = [];
      if (value !== undefined) node.value = value;
      else if (content.endsWith(' =')) node.value = expression(depth + 2);
      parent.children.push(node);
      open.push(node);
      continue;
    }
    if (doc.length > 0) refuse('has a description and is no object');
    const owner = open.at(-1) as TmdlNode;
    if (depth !== open.length - 1 || owner === root) refuse('is no property of the object above it');
    if (owner.children.length > 0) refuse('is a property behind children');
    const [, key = '', set] =
      PROPERTY.exec(content.replace(/ =$/, '')) ?? refuse('is neither object nor property');
    if (owner.properties.has(key)) refuse('is there twice');
    if (content.endsWith(' =') !== EXPRESSIONS.has(key)) refuse('has the wrong sign behind its name');
    owner.properties.set(key, EXPRESSIONS.has(key) ? expression(depth + 1) : (set ?? 'true'));
  }
  return root.children;
}

/** The parts of `Table.'Column name'`. */
export function parseReference(text: string): { table: string; column: string } {
  const [, table, column] = new RegExp(`^(${NAME})\\.(${NAME})$`).exec(text) ?? [];
  if (table === undefined || column === undefined) throw new Error(`${text} is no column of a table`);
  return { table: unquoted(table), column: unquoted(column) };
}

/**
 * A name without its quotes.
 * @throws Error when it needs none
 */
export function unquoted(name: string): string {
  if (!name.startsWith("'")) return name;
  const inner = name.slice(1, -1).replaceAll("''", "'");
  if (!/[\s.=:']/.test(inner)) throw new Error(`${name} is quoted for nothing`);
  return inner;
}
