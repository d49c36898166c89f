import type { FieldSource } from '../columns/columns';

/** How a file is read, known before anything of it is imported. */
export interface ImportPlan {
  /** the layout of the file; null: its columns have the names of the fields, or were mapped */
  layout: {
    name: string;
    title: string;
    notes: string[];
    /** headers of the columns that tell what became of an order */
    statuses: string[];
    /** the header told it */
    detected: boolean;
  } | null;
  /** how the file is written, and what was noticed of that: sentences */
  form: string[];
  columns: FieldSource[];
  /** headers of the file that are not read */
  ignoredColumns: string[];
  /** how times and numbers are written in the file */
  times: string;
  numbers: string;
  /** the zone of times that name none */
  timeZone: { name: string; from: 'option' | 'layout' | 'store' | 'configuration' | 'default' };
  /** exchange rates are in it; null where the file says no currency */
  reportingCurrency: { code: string; from: 'option' | 'store' | 'configuration' | 'file' } | null;
  /** what was noticed in the file and taken as it is */
  warnings: string[];
}
