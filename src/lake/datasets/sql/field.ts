import type { EventType, EventTypes } from '../../../domain/events';

/** A field of an event's JSON that an expression reads. */
export interface Field {
  name: string;
  of: 'event' | 'line';
  /** `text`: a string or null; `decimal`: a decimal as a string; `number`: a number. Each may be absent. */
  is: 'text' | 'decimal' | 'number';
}

/** The SQL of a field. */
export const columnOf = ({ name, of }: Field): string => (of === 'line' ? `line.${name}` : name);

type Data<T extends EventType> = EventTypes[T];
type LineOf<D> = D extends { lines: readonly (infer Line)[] } ? Line : never;
/** The names that every member of a union has, with a value of this type. */
type NamesOf<D, V> = { [K in keyof D]-?: D[K] extends V ? K : never }[keyof D] & string;
type AnyNameOf<D, V> = D extends unknown ? NamesOf<D, V> : never;

type Text = string | null | undefined;
type Numeric = number | undefined;

/** The names of fields that events of all these types have. */
export type TextField<T extends EventType> = NamesOf<Data<T>, Text>;
export type NumberField<T extends EventType> = NamesOf<Data<T>, Numeric>;
export type LineTextField<T extends EventType> = NamesOf<LineOf<Data<T>>, Text>;
export type LineNumberField<T extends EventType> = NamesOf<LineOf<Data<T>>, Numeric>;
/** The names of fields that lines of one of these types have. */
export type AnyLineNumberField<T extends EventType> = AnyNameOf<LineOf<Data<T>>, Numeric>;
