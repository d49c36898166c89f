import { minorDigits } from '../../domain/currencies';
import type { QueryColumn } from '../../warehouse/target/query-answer';

/** Decimals of an amount in the warehouse. Columns with other decimals are rates or counts. */
const MONEY_SCALE = 4;

/** How the cells of an answer become text. */
export interface Cells {
  /** null stays null: each format writes it in its own way */
  textsOf(row: readonly unknown[]): (string | null)[];
}

/**
 * Writes amounts with the decimals of their currency: that of column `currency` of the row. Amounts in the
 * reporting currency, and all amounts of an answer without that column, get those of the reporting currency.
 * A decimal that is not zero is never left out.
 * @param reportingDigits of the reporting currency; undefined where that is not known
 */
export function cellsOf(columns: readonly QueryColumn[], reportingDigits: number | undefined): Cells {
  const currencyAt = columns.findIndex(({ name }) => name.toLowerCase() === 'currency');
  const isReporting = columns.map(({ name }) => /reporting/i.test(name));
  return {
    textsOf: (row) => {
      const ownDigits = currencyAt < 0 ? undefined : minorDigits(String(row[currencyAt]));
      return row.map((value, index) => {
        if (value === null || value === undefined) return null;
        if (typeof value === 'object') return JSON.stringify(value);
        const text = String(value);
        if (columns[index]?.scale !== MONEY_SCALE) return text;
        const digits = isReporting[index] ? reportingDigits : (ownDigits ?? reportingDigits);
        return digits === undefined ? text : withDigits(text, digits);
      });
    },
  };
}

/** A decimal number with at least so many decimals. */
export function withDigits(text: string, digits: number): string {
  const [whole = '', decimals = ''] = text.split('.');
  const kept = decimals.replace(/0+$/, '').padEnd(digits, '0');
  return kept === '' ? whole : `${whole}.${kept}`;
}

/** Puts an apostrophe before a text that a spreadsheet would run as a formula. */
export const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
