import { type CommandContext, issueCreditNote, placeOrder } from '../../commands';
import type { Failure } from '../../domain/failures';
import { grossOf, issueCreditNoteInput, type OrderDocument, placeOrderInput, rejected } from './document';
import type { Reason } from './line';
import type { RejectedRow } from './staging';

export interface Contexts {
  /** where documents go */
  real: CommandContext;
  /** keeps nothing, and looks as if no document were there yet */
  blank: CommandContext;
}

export interface Submitted {
  /** `none`: no line of it could be used */
  outcome: 'new' | 'alreadyThere' | 'none';
  /** the document with the lines that could be used */
  document: OrderDocument;
  /** minor units of the document's currency, before discounts */
  gross: bigint;
  rejects: RejectedRow[];
}

/**
 * Runs the command of a document. A line that the command refuses is rejected, and the command runs again
 * with the others.
 *
 * A document that is stored already is compared as a whole before its lines are checked. If an earlier import
 * left lines out, the same lines have to be left out again. To find them, the command first runs on `blank`.
 */
export async function submit({ real, blank }: Contexts, document: OrderDocument): Promise<Submitted> {
  const asked = await ask(real, document);
  if (asked.failure?.code !== 'IDEMPOTENCY_KEY_REUSED') return asked;
  const judged = await ask(blank, asked.document);
  if (judged.outcome === 'none' || judged.rejects.length === 0) return asked;
  const again = await ask(real, judged.document);
  return { ...again, rejects: [...judged.rejects, ...again.rejects] };
}

/** A document with more bad lines is rejected as a whole: each bad line costs a run of the command. */
const MOST_BAD_LINES = 100;

async function ask(
  context: CommandContext,
  whole: OrderDocument,
): Promise<Submitted & { failure?: Failure }> {
  const rejects: RejectedRow[] = [];
  for (let document = whole; ; ) {
    const result = document.isCreditNote
      ? await issueCreditNote(context, issueCreditNoteInput(document))
      : await placeOrder(context, placeOrderInput(document));
    if (result.ok) {
      const outcome = result.value.duplicate ? 'alreadyThere' : 'new';
      return { outcome, document, gross: grossOf(document), rejects };
    }
    const { failure } = result;
    const reason = reasonOf(failure);
    const bad = badLine(failure, document);
    if (bad === undefined || document.lines.length === 1 || rejects.length === MOST_BAD_LINES) {
      rejects.push(...document.lines.map((row) => rejected(document.id, row, reason)));
      return { outcome: 'none', document: whole, gross: 0n, rejects, failure };
    }
    const lines = document.lines.filter((row, i) => {
      if (i === bad) rejects.push(rejected(document.id, row, reason));
      return i !== bad;
    });
    document = { ...document, lines };
  }
}

/** The index of the line that a failure is about. */
function badLine({ code, path }: Failure, document: OrderDocument): number | undefined {
  if (code !== 'INVALID_INPUT' || path[0] !== 'lines' || path.length < 2) return undefined;
  const index = Number(path[1]);
  return index in document.lines ? index : undefined;
}

function reasonOf(failure: Failure): Reason {
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
