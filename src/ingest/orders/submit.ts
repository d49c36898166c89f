import type { CommandContext } from '../../commands';
import type { Failure } from '../../domain/failures';
import { differencesFromLog, toldDifferences } from './compare';
import {
  composeDocument,
  type DocumentRow,
  type DocumentRules,
  isWhole,
  type OrderDocument,
  type ReadDocument,
  usableRows,
} from './document';
import { place } from './place';
import type { Reason } from './row-values';
import type { RefusedRow } from './staging';

export interface Contexts {
  /** where documents go */
  real: CommandContext;
  /** keeps nothing, and looks as if no document were there yet */
  blank: CommandContext;
}

export interface SubmitRules extends DocumentRules {
  /** a document is imported without the rows that cannot be used */
  partial: boolean;
  /** nothing is kept */
  dryRun?: boolean;
}

/** What became of a document. */
export type Submitted =
  | {
      outcome: 'new' | 'alreadyThere';
      document: OrderDocument;
      /** minor units: lines less discounts, shipping and tax */
      total: number;
      refused: RefusedRow[];
    }
  | {
      outcome: 'leftOut';
      /** reasons that were not known before */
      refused: RefusedRow[];
    };

/**
 * Places a document, all or nothing. With `partial`, lines that cannot be used are left out.
 *
 * A document that is in the log already is compared with that. An order that an earlier import placed in part
 * is compared with the lines that it would have without the refused ones.
 */
export async function submit(contexts: Contexts, read: ReadDocument, rules: SubmitRules): Promise<Submitted> {
  const usable = usableRows(read);
  const whole = isWhole(read);
  if (usable.length === 0 || (!whole && !rules.partial)) return { outcome: 'leftOut', refused: [] };
  return whole && !rules.partial
    ? submitWhole(contexts, read, usable, rules)
    : submitPart(contexts, read, usable, rules);
}

/** More bad lines are not looked for: each costs a run of the command. */
const MOST_BAD_LINES = 100;

async function submitWhole(
  contexts: Contexts,
  read: ReadDocument,
  rows: DocumentRow[],
  rules: SubmitRules,
): Promise<Submitted> {
  const composed = composeDocument(read, rows, rules);
  if ('refused' in composed) return { outcome: 'leftOut', refused: [composed.refused] };
  const { document } = composed;
  const asked = await ask(contexts, document);
  if (!('failure' in asked)) return { ...asked, document, refused: [] };
  const refused = [asked.refused];
  // One run tells all that is wrong with an order, so that one round of mending is enough.
  for (let rest = document; asked.bad !== undefined && refused.length < MOST_BAD_LINES; ) {
    const last = refused.at(-1)?.row;
    rest = { ...rest, lines: rest.lines.filter(({ of }) => rest.rows[of]?.row !== last) };
    if (rest.lines.length === 0) break;
    const result = await place(contexts.blank, rest);
    if (result.ok) break;
    const bad = badRow(result.failure, rest);
    if (bad === undefined) break;
    refused.push({ row: bad, documentId: rest.id, reason: reasonOf(result.failure) });
  }
  return { outcome: 'leftOut', refused };
}

async function submitPart(
  contexts: Contexts,
  read: ReadDocument,
  rows: DocumentRow[],
  rules: SubmitRules,
): Promise<Submitted> {
  const asked = await askForUsable(contexts, contexts.real, read, rows, rules);
  if (asked.outcome !== 'leftOut' || !asked.isThere) return asked;
  const judged = await askForUsable(contexts, contexts.blank, read, rows, rules);
  if (judged.outcome === 'leftOut' || judged.refused.length === 0) return asked;
  const again = await ask(contexts, judged.document);
  if ('failure' in again) return { outcome: 'leftOut', refused: [...judged.refused, again.refused] };
  return { ...again, document: judged.document, refused: judged.refused };
}

/** Runs the command, and where it refuses a line, again without that. */
async function askForUsable(
  contexts: Contexts,
  context: CommandContext,
  read: ReadDocument,
  all: DocumentRow[],
  rules: SubmitRules,
): Promise<Submitted & { isThere?: boolean }> {
  const refused: RefusedRow[] = [];
  for (let rows = all; ; ) {
    // Nobody can say what a part of an order has to come to.
    const allOfIt = isWhole(read) && rows.length === all.length;
    const said = allOfIt ? read.said : { ...read.said, order_total: '' };
    const composed = composeDocument({ ...read, said }, rows, rules);
    if ('refused' in composed) return { outcome: 'leftOut', refused: [...refused, composed.refused] };
    const asked = await ask({ ...contexts, real: context }, composed.document);
    if (!('failure' in asked)) return { ...asked, document: composed.document, refused };
    refused.push(asked.refused);
    if (asked.bad === undefined || rows.length === 1 || refused.length === MOST_BAD_LINES)
      return { outcome: 'leftOut', refused, isThere: isThere(asked.failure) };
    rows = rows.filter(({ row }) => row !== asked.bad);
  }
}

type Asked =
  | { outcome: 'new' | 'alreadyThere'; total: number }
  | {
      failure: Failure;
      refused: RefusedRow;
      /** the number of the row that the failure is about; undefined: it is about the whole */
      bad: number | undefined;
    };

async function ask(contexts: Contexts, document: OrderDocument): Promise<Asked> {
  const result = await place(contexts.real, document);
  if (result.ok) {
    const { duplicate, state } = result.value;
    return { outcome: duplicate ? 'alreadyThere' : 'new', total: state.total.amount };
  }
  const { failure } = result;
  let reason = reasonOf(failure);
  if (isThere(failure)) {
    const differences = await differencesFromLog(contexts.real.store, contexts.blank, document);
    if (differences?.length === 0) {
      const same = await place(contexts.blank, document);
      return { outcome: 'alreadyThere', total: same.ok ? same.value.state.total.amount : 0 };
    }
    if (differences !== undefined) reason = { ...reason, detail: toldDifferences(differences) };
  }
  const bad = badRow(failure, document);
  const row = bad ?? document.rows[0]?.row ?? 0;
  return { failure, refused: { row, documentId: document.id, reason }, bad };
}

const isThere = ({ code }: Failure): boolean =>
  code === 'IDEMPOTENCY_KEY_REUSED' || code === 'ALREADY_EXISTS';

/** The number of the row that a failure is about. */
function badRow({ code, path }: Failure, document: OrderDocument): number | undefined {
  if (code !== 'INVALID_INPUT' || path[0] !== 'lines' || path.length < 2) return undefined;
  const line = document.lines[Number(path[1])];
  return line === undefined ? undefined : document.rows[line.of]?.row;
}

/** Why a command refuses, in words for the owner of a file. */
export function reasonOf(failure: Failure): Reason {
  switch (failure.code) {
    case 'INVALID_INPUT': {
      const { message, path } = failure;
      const field = path.at(-1);
      // Messages begin with the path in the command's input, which tells the owner of a file nothing.
      const prefix = `${path.join('.')} `;
      const what = message.startsWith(prefix) ? message.slice(prefix.length) : message;
      return { label: field === undefined ? what : `${columnOf(field)} ${what}` };
    }
    case 'IDEMPOTENCY_KEY_REUSED':
    case 'ALREADY_EXISTS':
      return { label: 'already there with different content', detail: failure.message };
    default:
      return { label: failure.code.toLowerCase().replaceAll('_', ' '), detail: failure.message };
  }
}

const COLUMNS: Readonly<Record<string, string>> = {
  placedAt: 'ordered_at',
  occurredAt: 'ordered_at',
  creditNoteId: 'order_id',
};

/** The column of an order file for a field of the command. */
function columnOf(field: string): string {
  return COLUMNS[field] ?? field.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}
