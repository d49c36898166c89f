import type { Columns } from '../columns/columns';
import { isNullWord } from '../values/null-words';

/** Texts that stand for nothing: those that were named, and those that only look like it. */
export class NullTexts {
  /** text -> in how many cells it was taken as it is */
  readonly suspicious = new Map<string, number>();
  private readonly named: ReadonlySet<string>;

  constructor(named: readonly string[] = []) {
    this.named = new Set(named.map((text) => text.trim()));
  }

  /** The columns with the named texts read as blank cells. */
  in(columns: Columns): Columns {
    if (this.named.size === 0) return columns;
    const cell: Columns['cell'] = (cells, field) => {
      for (const index of columns.indexes(field)) {
        const text = (cells[index] ?? '').trim();
        if (text !== '' && !this.named.has(text)) return text;
      }
      return '';
    };
    return { ...columns, cell, read: (cells, field) => cell(cells, field) || columns.defaultOf(field) };
  }

  /** A text that looks like nothing, but was not named. */
  isSuspicious(text: string): boolean {
    return isNullWord(text);
  }

  /** Counts those of some texts that look like nothing. */
  note(...texts: readonly string[]): void {
    for (const text of texts)
      if (this.isSuspicious(text)) this.suspicious.set(text, (this.suspicious.get(text) ?? 0) + 1);
  }
}
