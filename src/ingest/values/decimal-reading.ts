import { type Example, inRow } from './example';
import { type Convention, numberCell, plainNumber } from './number-notation';
import { type NumberReader, numberReader, SHORT_NUMBER } from './number-reader';

export interface DecimalReadingOptions {
  /** what the user asked for; undefined is `auto` */
  convention?: Convention;
  /** what files of this kind have, where no number of the file says otherwise */
  expected?: Convention;
}

/** Finds how a file writes its numbers, while its cells pass. One convention holds for all its columns. */
export interface DecimalReading {
  /**
   * @param name of the field, as messages name it
   * @returns what takes each cell of it: rows as in a spreadsheet, where the header is 1
   */
  column(name: string): (text: string, row: number) => void;
  /** What the cells so far say. It may be asked again after more of them. */
  decide(): DecimalDecision;
  /** Grows with each cell that may change the decision, but for the majority of cells. */
  evidence(): number;
}

export interface DecimalDecision {
  reader: NumberReader;
  /** Why the file cannot be read: which readings are left, and the option that decides. */
  refusal: string | undefined;
  /** What the report says: the convention, and what numbers were not plain, by column. */
  notes: string[];
}

/** A number with a point that begins no group of three digits, or none: most of all cells. */
const ONE_READING = /^-?\d+(?:\.(?:\d{1,2}|\d{4,}))?$/;

/** Cells of one kind: how many, and the first. */
interface Tally {
  cells: number;
  example: Example | undefined;
}

const noCells = (): Tally => ({ cells: 0, example: undefined });

function count(tally: Tally, column: string, row: number, text: string): void {
  tally.cells++;
  tally.example ??= { column, row, text };
}

/** Numbers of a column that are not plain. */
interface ColumnTally {
  name: string;
  /** texts of binary floats */
  rounded: Tally;
  /** with a currency, groups of digits, per cent */
  dressed: Tally;
}

/**
 * Reads the numbers of one file: by the convention asked for, or by the one that its numbers prove. A number
 * such as `1.250` proves nothing: it is read as the others of the file are.
 */
export function decimalReading({ convention, expected }: DecimalReadingOptions = {}): DecimalReading {
  const proofs: Record<Convention, Tally> = { point: noCells(), comma: noCells() };
  const ambiguous = noCells();
  const columns: ColumnTally[] = [];

  const look = (column: ColumnTally, text: string, row: number): void => {
    const cell = numberCell(text);
    if (cell === undefined) return;
    const [point, comma] = [plainNumber(cell, 'point'), plainNumber(cell, 'comma')];
    if (point === undefined && comma === undefined) return;
    if (comma === undefined) count(proofs.point, column.name, row, text);
    else if (point === undefined) count(proofs.comma, column.name, row, text);
    else if (point.decimal !== comma.decimal) count(ambiguous, column.name, row, text);
    if (point?.rounded || comma?.rounded) count(column.rounded, column.name, row, text);
    else if (!BARE.test(text)) count(column.dressed, column.name, row, text);
  };

  return {
    column(name) {
      const column = { name, rounded: noCells(), dressed: noCells() };
      columns.push(column);
      return (text, row) => {
        if (text === '') return;
        if (text.length > SHORT_NUMBER || !ONE_READING.test(text)) look(column, text, row);
        else if (text.includes('.')) count(proofs.point, name, row, text);
      };
    },
    evidence: () => [proofs.point, proofs.comma, ambiguous].filter(({ cells }) => cells > 0).length,
    decide() {
      const proven = provenBy(proofs);
      const reader = numberReader(convention ?? proven ?? expected ?? 'point');
      const contradicted = proofs.point.cells > 0 && proofs.comma.cells > 0;
      const open = convention === undefined && (contradicted || (proven ?? expected) === undefined);
      return {
        reader,
        refusal: open && ambiguous.example ? refusalOf(ambiguous.example, proofs) : undefined,
        notes: [
          conventionNote(reader, proofs.comma, ambiguous),
          ...columns.flatMap((column) => columnNotes(column, reader)),
        ],
      };
    },
  };
}

const BARE = /^-?\d+(?:[.,]\d+)?$/;

/** What most numbers that have one reading prove. The others are refused, each with its row. */
function provenBy({ point, comma }: Record<Convention, Tally>): Convention | undefined {
  if (point.cells + comma.cells === 0) return undefined;
  return point.cells >= comma.cells ? 'point' : 'comma';
}

const readAs = (text: string, convention: Convention): string => {
  const cell = numberCell(text);
  return (cell && plainNumber(cell, convention)?.decimal) ?? 'none';
};

function refusalOf(example: Example, { point, comma }: Record<Convention, Tally>): string {
  const readings =
    `${example.column} ${inRow(example)} is ${readAs(example.text, 'point')} with a decimal point, or ` +
    `${readAs(example.text, 'comma')} with a decimal comma`;
  const why =
    point.example && comma.example
      ? `the file has both: ${inRow(point.example)}, ${inRow(comma.example)}`
      : 'no number of the file decides';
  return `${readings}, and ${why}. Say which it is: --decimal point or --decimal comma.`;
}

function conventionNote({ convention }: NumberReader, comma: Tally, ambiguous: Tally): string {
  const shown = (convention === 'comma' && comma.example) || ambiguous.example;
  const note = `decimal ${convention}`;
  return shown === undefined ? note : `${note}: ${inRow(shown)} is ${readAs(shown.text, convention)}`;
}

function columnNotes({ name, rounded, dressed }: ColumnTally, { convention }: NumberReader): string[] {
  const note = ({ cells, example }: Tally, of: string): string[] =>
    example === undefined
      ? []
      : [
          `${name}: ${cells.toLocaleString('en-US')} ${of}: ` +
            `${inRow(example)} is ${readAs(example.text, convention)}`,
        ];
  return [
    ...note(rounded, 'binary floats read as the short decimals that they mean'),
    ...note(dressed, 'numbers with signs or groups'),
  ];
}
