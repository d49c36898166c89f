import { idProblem, MUST_NOT_BE_EMPTY, normalText } from '../../domain/text';
import type { Field } from '../columns/fields';
import { isExponentId } from '../values/exponent-ids';
import type { Readings } from './readings';

/** Why a row cannot be used. Reports count by `label`; `detail` is about this row alone. */
export interface Reason {
  label: string;
  detail?: string;
}

/** Reads the texts of one row by field, and keeps the first problem. */
export class RowValues {
  reason: Reason | undefined;

  /** @param text of a field, without blanks around it; '' where there is none */
  constructor(
    readonly text: (field: Field) => string,
    private readonly readings: Readings,
    private readonly currency: () => string = () => text('currency'),
  ) {}

  required(field: Field, text = this.text(field)): string {
    if (text === '') this.refuse({ label: `${field} ${MUST_NOT_BE_EMPTY}` });
    return text;
  }

  /** A name in its normal form, so that rows that differ only in notation are equal. */
  optionalName(field: Field): string {
    return normalText(this.text(field));
  }

  name(field: Field): string {
    return this.required(field, this.optionalName(field));
  }

  orderId(): void {
    const id = this.text('order_id');
    const problem = idProblem(id);
    if (problem !== undefined) this.refuse({ label: `order_id ${problem}` });
    this.refuseRounded('order_id', id);
  }

  id(field: Field): string {
    return this.refuseRounded(field, this.required(field));
  }

  optionalId(field: Field): string {
    return this.refuseRounded(field, this.text(field));
  }

  /** A decimal in its shortest notation, '' where there is none. */
  decimal(field: Field): string {
    const text = this.text(field);
    if (text === '') return '';
    return (
      this.readings.decimal(field, text, this.currency) ??
      this.unreadable(field, text, this.readings.decimalProblem(text, this.currency))
    );
  }

  wholeNumber(field: Field): number | undefined {
    const text = this.text(field);
    const decimal = this.readings.decimal(field, text, this.currency);
    const number = Number(decimal);
    if (decimal !== undefined && Number.isSafeInteger(number) && !decimal.includes('.')) return number;
    this.unreadable(field, text, 'must be a whole number');
    return undefined;
  }

  unreadable(field: Field, text: string, problem: string): '' {
    this.refuse({ label: `${field} ${problem}`, detail: JSON.stringify(text.slice(0, 80)) });
    return '';
  }

  refuse(reason: Reason): void {
    this.reason ??= reason;
  }

  private refuseRounded(field: Field, id: string): string {
    if (isExponentId(id))
      this.refuse({
        label: `${field} was rounded by a spreadsheet`,
        detail: `${JSON.stringify(id)} may stand for several; export it as text`,
      });
    return id;
  }
}
