import type { Column } from '../columns/table-definition';
import type { ColumnStore, Held } from './column-store';
import { BooleanStore, HugeStore, IntStore, LongStore } from './fixed-stores';
import { ListStore, TextStore } from './text-stores';

/** Bytes of a value in a store; a long text or a list takes more. */
export const entryBytes = ({ type }: Column): number => {
  switch (type.kind) {
    case 'int':
    case 'date':
    case 'boolean':
      return 4;
    case 'long':
    case 'timestamptz':
      return 8;
    case 'decimal':
      return type.precision > 18 ? 16 : 8;
    case 'string':
    case 'list':
      return 16;
  }
};

/** An empty store for a column's values. */
export function storeFor(column: Column, held: Held): ColumnStore {
  const { type } = column;
  switch (type.kind) {
    case 'int':
    case 'date':
      return new IntStore(column, held);
    case 'boolean':
      return new BooleanStore(column, held);
    case 'long':
    case 'timestamptz':
      return new LongStore(column, held);
    case 'decimal':
      return type.precision > 18 ? new HugeStore(column, held, type.precision) : new LongStore(column, held);
    case 'string':
      return new TextStore(column, held) as ColumnStore;
    case 'list':
      return new ListStore(column, held) as unknown as ColumnStore;
  }
}
