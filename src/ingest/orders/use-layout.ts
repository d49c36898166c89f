import { type ColumnOptions, type Columns, resolveColumns } from '../columns/columns';
import { InputError } from '../input-error';
import { type ChosenLayout, chooseLayout, layoutCalled, NO_LAYOUT } from '../layouts/catalogue';
import { type FittedLayout, fitLayout } from '../layouts/fit-layout';
import type { Layout } from '../layouts/layout';
import { adviceFor } from '../layouts/suggest-mapping';
import type { RowOptions } from './line';

/** What a layout may say in place of the options of the command, each of which wins over it. */
export interface LayoutOptions extends RowOptions {
  creditNotePrefix?: string;
  pricesIncludeTax?: boolean;
  zeroPriceReturns?: boolean;
  sameOrderDays?: number;
}

/** A layout that a file is read with. */
export interface UsedLayout extends FittedLayout {
  /** nobody asked for it: the header told it */
  detected: boolean;
}

/** The columns of a file, and its layout; undefined where it is read without one. */
export interface OpenedColumns {
  columns: Columns;
  used: UsedLayout | undefined;
}

/**
 * Finds the columns of a file: by its layout, and by the options, which win.
 * @param asked as in `--layout`
 * @throws InputError where something needed is missing, with what the header looks like
 */
export async function openColumns(
  header: readonly string[],
  asked: string | undefined,
  options: ColumnOptions,
): Promise<OpenedColumns> {
  const chosen = await chooseLayout(header, asked);
  const known = chosen && fitLayout(chosen.layout, header).known;
  const columns = withAdvice(header, known === undefined, () => resolveColumns(header, options, known));
  return { columns, used: chosen && usedLayout(chosen, header, columns) };
}

/** What separates the cells by the layout that was asked for; undefined where it is to be found. */
export async function delimiterOf(asked: string | undefined): Promise<string | undefined> {
  return asked === undefined || asked === NO_LAYOUT ? undefined : (await layoutCalled(asked)).delimiter;
}

function usedLayout(
  { layout, detected }: ChosenLayout,
  header: readonly string[],
  columns: Columns,
): UsedLayout {
  return { ...fitLayout(layout, header, (field) => columns.indexes(field)[0]), detected };
}

function withAdvice<T>(header: readonly string[], isUnknown: boolean, resolve: () => T): T {
  try {
    return resolve();
  } catch (error) {
    if (!(error instanceof InputError) || !isUnknown) throw error;
    throw new InputError(`${error.message}\n${adviceFor(header)}`);
  }
}

/** What a layout says in place of options that were not given. */
export function optionsOf(used: UsedLayout | undefined): LayoutOptions {
  if (used === undefined) return {};
  const { layout, hasRowRules, roleOf, currencyOf } = used;
  return { ...ofLayout(layout), roleOf: hasRowRules ? roleOf : undefined, currencyOf };
}

function ofLayout({
  creditNotePrefix,
  pricesIncludeTax,
  zeroPriceReturns,
  sameOrderDays,
  nulls,
}: Layout): LayoutOptions {
  return { creditNotePrefix, pricesIncludeTax, zeroPriceReturns, sameOrderDays, nulls };
}
