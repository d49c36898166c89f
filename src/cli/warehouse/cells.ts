import { minorDigits } from '../../domain/currencies';
import type { QueryColumn } from '../../warehouse/target/query-answer';

/** Decimals of an amount in the warehouse; what has others is a rate or a count. */
const MONEY_SCALE = 4;

/** How the cells of an answer become text. */
export interface Cells {
  /** null stays null: each format has its own sign for it */
  textsOf(row: readonly unknown[]): (string | null)[];
}

/**
 * Amounts have the decimals of their currency, which is the one in column `currency` of the row; where the
 * answer has no such column, and for amounts in the reporting currency, those of the reporting currency. A
 * decimal that is not zero is never left out.
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

/** A decimal number with so many decimals, or with more where it has them. */
export function withDigits(text: string, digits: number): string {
  const [whole = '', decimals = ''] = text.split('.');
  const kept = decimals.replace(/0+$/, '').padEnd(digits, '0');
  return kept === '' ? whole : `${whole}.${kept}`;
}

/** A text that a spreadsheet would take for a formula becomes one that it shows as it is. */
export const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
