import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { InputError } from '../input-error';

/** A node of a YAML file, and where it stands: for messages. */
export interface Place {
  node: unknown;
  /** such as `statuses[0].column`; '' for the whole file */
  path: string;
}

/** Reads a YAML file part by part, and collects all that is wrong with it. Every scalar is a text. */
export class YamlFile {
  readonly problems: string[] = [];
  readonly root: Place;
  private readonly lines = new LineCounter();

  constructor(
    private readonly name: string,
    text: string,
  ) {
    // `failsafe`: a header called No or 2024 is a text, as it is in the file that it stands in.
    const document = parseDocument(text, {
      lineCounter: this.lines,
      schema: 'failsafe',
      prettyErrors: false,
    });
    for (const { message, pos } of [...document.errors, ...document.warnings])
      this.problems.push(`line ${this.lines.linePos(pos[0]).line}: ${message}`);
    this.root = { node: document.contents, path: '' };
  }

  /** @throws InputError that says everything that is wrong at once */
  throwProblems(): void {
    if (this.problems.length === 0) return;
    throw new InputError(
      `${this.name} is no layout:\n${this.problems.map((line) => `  ${line}\n`).join('')}`,
    );
  }

  problem({ node, path }: Place, message: string): undefined {
    const offset = (node as Node | null)?.range?.[0];
    const where = offset === undefined ? [] : [`line ${this.lines.linePos(offset).line}`];
    this.problems.push(`${[...where, path].filter((text) => text !== '').join(', ')}: ${message}`);
    return undefined;
  }

  /** The entries of a mapping; undefined, with the problem noted, where it is none. */
  entries(place: Place): Map<string, Place> | undefined {
    const { node, path } = place;
    if (!isMap(node)) return this.problem(place, 'must be a mapping of names to values');
    const entries = new Map<string, Place>();
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : '';
      entries.set(name, { node: value ?? key, path: path === '' ? name : `${path}.${name}` });
    }
    return entries;
  }

  /** The entries of a mapping that may have these keys only. */
  record<K extends string>(place: Place, keys: readonly K[]): Partial<Record<K, Place>> {
    const found: Partial<Record<K, Place>> = {};
    for (const [name, value] of this.entries(place) ?? []) {
      const key = keys.find((known) => known === name);
      if (key === undefined) this.problem(value, `is no key here; there are: ${keys.join(', ')}`);
      else found[key] = value;
    }
    return found;
  }

  isMapping({ node }: Place): boolean {
    return isMap(node);
  }

  text(place: Place): string | undefined {
    const { node } = place;
    if (isScalar(node) && typeof node.value === 'string' && node.value.trim() !== '')
      return node.value.trim();
    return this.problem(place, 'must be a text');
  }

  /** A text, or a list of texts. */
  texts(place: Place): string[] | undefined {
    if (isScalar(place.node)) {
      const text = this.text(place);
      return text === undefined ? undefined : [text];
    }
    const texts = this.list(place)?.map((item) => this.text(item));
    if (texts === undefined) return undefined;
    if (texts.length === 0) return this.problem(place, 'must not be empty');
    return texts.filter((text) => text !== undefined);
  }

  list(place: Place): Place[] | undefined {
    const { node, path } = place;
    if (!isSeq(node)) return this.problem(place, 'must be a list');
    return node.items.map((item, i) => ({ node: item, path: `${path}[${i}]` }));
  }

  boolean(place: Place): boolean | undefined {
    const text = this.oneOf(place, ['true', 'false']);
    return text === undefined ? undefined : text === 'true';
  }

  wholeNumber(place: Place): number | undefined {
    const text = this.text(place);
    if (text === undefined || /^\d{1,9}$/.test(text)) return text === undefined ? undefined : Number(text);
    return this.problem(place, `must be a whole number, not ${JSON.stringify(text)}`);
  }

  oneOf<T extends string>(place: Place, allowed: readonly T[]): T | undefined {
    const text = this.text(place);
    if (text === undefined) return undefined;
    const found = allowed.find((value) => value === text);
    return found ?? this.problem(place, `must be one of ${allowed.join(', ')}, not ${JSON.stringify(text)}`);
  }
}
